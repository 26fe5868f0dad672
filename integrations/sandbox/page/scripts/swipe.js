/** A message that is pulled to the left with a finger is replied to. */

const ENOUGH = 56;
const MOST = 88;
const SLACK = 12;

/** Watch a list of messages; `reply(id)` hears the message's id. */
export function listenForSwipes(list, reply) {
  let pull = null;
  const end = (event) => {
    if (pull === null) return;
    const { item, by } = pull;
    pull = null;
    item.style.transform = "";
    item.classList.remove("pulled");
    if (event.type === "touchend" && by >= ENOUGH) reply(Number(item.dataset.id));
  };
  list.addEventListener("touchstart", ({ touches, target }) => {
    const item = target.closest(".message");
    if (touches.length > 1 || !item || target.closest("pre")) return;
    pull = { item, x: touches[0].clientX, y: touches[0].clientY, by: 0 };
  }, { passive: true });
  list.addEventListener("touchmove", ({ touches }) => {
    if (pull === null) return;
    const left = pull.x - touches[0].clientX;
    const isScroll = pull.by === 0 && Math.abs(pull.y - touches[0].clientY) > SLACK;
    if (isScroll) {
      pull = null;
      return;
    }
    if (left < SLACK) return;
    pull.by = Math.min(left, MOST);
    pull.item.style.transform = `translateX(${-pull.by}px)`;
    pull.item.classList.toggle("pulled", pull.by >= ENOUGH);
  }, { passive: true });
  list.addEventListener("touchend", end);
  list.addEventListener("touchcancel", end);
}
