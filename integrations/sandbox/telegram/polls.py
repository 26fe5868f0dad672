"""Votes in polls. The bot hears the counts of its own polls, and who voted where that is not anonymous."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Message, User
    from .world import World


def cast_vote(world: World, user: User, message: Message, options: list[int]) -> None:
    """Replace somebody's choice; none takes it back. ValueError for what the app would not let them do."""
    poll, ballot = message.poll, message.ballot
    if poll is None or ballot is None:
        raise ValueError("this is no poll")
    if poll["is_closed"]:
        raise ValueError("this poll is closed")
    if not set(options) <= set(range(len(poll["options"]))):
        raise ValueError("there is no such option")
    if len(options) > 1 and not poll["allows_multiple_answers"]:
        raise ValueError("this poll takes one answer")
    if user.id in ballot.votes and not poll["allows_revoting"]:
        raise ValueError("this poll takes no second vote")
    ballot.votes.pop(user.id, None)
    if options:
        ballot.votes[user.id] = sorted(set(options))
    counts = [
        sum(number in chosen for chosen in ballot.votes.values()) for number in range(len(poll["options"]))
    ]
    message.poll = {
        **poll,
        "options": [
            {**option, "voter_count": count} for option, count in zip(poll["options"], counts, strict=True)
        ],
        "total_voter_count": len(ballot.votes),
    }
    world.changed(message)
    if message.sender is not world.bot:
        return
    world.updates.put("poll", message.poll)
    if not poll["is_anonymous"]:
        chosen = ballot.votes.get(user.id, [])
        world.updates.put(
            "poll_answer",
            {
                "poll_id": poll["id"],
                "user": user.json(),
                "option_ids": chosen,
                "option_persistent_ids": [poll["options"][number]["persistent_id"] for number in chosen],
            },
        )
