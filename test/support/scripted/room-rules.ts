/** What the model room answers to a command, as far as `docs/rules.md` matters to a client. */
import type { ClientMessage } from "../../../src/protocol/commands.js";
import type { ActorView } from "../../../src/protocol/events.js";
import type { Reason } from "../../../src/protocol/refusals.js";
import { admission, denial, going, rights, sendingBack, type RuleContext } from "./room-happenings.js";
import { holds, knockIn, personIn, type Happening, type RoomState } from "./room-state.js";

/** Something that a participant asks of the room. */
export type Action = ClientMessage extends infer M
  ? M extends { id: string }
    ? Omit<M, "id">
    : never
  : never;

/** What a command comes to: events (none, if nothing changes) and facts for the answer, or a refusal. */
export type Decision =
  | {
      readonly ok: true;
      readonly events: readonly Happening[];
      readonly facts?: Readonly<Record<string, unknown>>;
    }
  | { readonly ok: false; readonly reason: Reason };

const NEEDS: Readonly<Partial<Record<Action["type"], "allow_join" | "allow_mod">>> = {
  admit: "allow_join",
  "admit-all": "allow_join",
  deny: "allow_join",
  "disable-media": "allow_mod",
  "request-media": "allow_mod",
  "lock-media": "allow_mod",
  remove: "allow_mod",
  ban: "allow_mod",
  unban: "allow_mod",
  "return-to-lobby": "allow_mod",
  "lock-room": "allow_mod",
  "grant-permission": "allow_mod",
  "take-permission": "allow_mod",
  end: "allow_mod",
};

const no = (reason: Reason): Decision => ({ ok: false, reason });
const yes = (...events: readonly Happening[]): Decision => ({ ok: true, events });

/** Decides what somebody asks. Whoever is only in the lobby may withdraw, and nothing else. */
export function decide(state: RoomState, id: string, action: Action, context: RuleContext): Decision {
  const own = personIn(state, id);
  if (own === undefined) {
    if (knockIn(state, id) === undefined) return no("not_joined");
    if (action.type !== "withdraw") return no("in_lobby");
    return yes({ type: "entry-withdrawn", participantId: id, cause: "withdrawn" });
  }
  if (state.restricted.includes(id) && action.type !== "leave" && action.type !== "refresh-token")
    return no("token_expired");
  const need = NEEDS[action.type];
  if (need !== undefined && !holds(state, id, need)) return no("not_permitted");
  const by: ActorView = { kind: "participant", participantId: id, name: own.name };
  const target = "participantId" in action ? personIn(state, String(action.participantId)) : undefined;
  switch (action.type) {
    case "publish": {
      const { topic, message, payload, persist, sendOnly } = action;
      const sender = { senderId: id, senderName: own.name, timestamp: context.now };
      const body = { id: context.freshId("m"), topic, message, payload, ...sender, persist, sendOnly };
      return yes({ type: "message-published", message: body });
    }
    case "set-media": {
      const { kind, on } = action;
      if ((kind === "mic" ? own.micOn : own.webcamOn) === on) return yes();
      const isLocked = (kind === "mic" ? own.micLocked : own.webcamLocked) || state.mediaLocks[kind];
      if (on && isLocked && !own.permissions.includes("allow_mod")) return no("media_locked");
      return yes({ type: on ? "stream-enabled" : "stream-disabled", participantId: id, kind, by });
    }
    case "answer-media": {
      const { kind, accept } = action;
      const ask = state.asks.find((one) => one.targetId === id && one.kind === kind);
      if (ask === undefined) return no("request_unknown");
      const said = { participantId: id, askerId: ask.by, accepted: accept };
      const answer: Happening =
        kind === "mic" ? { type: "mic-responded", ...said } : { type: "webcam-responded", ...said };
      const isOn = kind === "mic" ? own.micOn : own.webcamOn;
      return accept && !isOn
        ? yes(answer, { type: "stream-enabled", participantId: id, kind, by })
        : yes(answer);
    }
    case "disable-media": {
      const { kind, participantId } = action;
      if (participantId === id) return no("self_target");
      if (participantId !== "*" && target === undefined) return no("participant_unknown");
      const all =
        target === undefined ? state.participants.filter((one) => one.participantId !== id) : [target];
      const events = all
        .filter((one) => (kind === "mic" ? one.micOn : one.webcamOn))
        .map((one): Happening => ({ type: "stream-disabled", participantId: one.participantId, kind, by }));
      return { ok: true, events, facts: { turnedOff: events.length } };
    }
    case "request-media": {
      if (action.participantId === id) return no("self_target");
      if (target === undefined) return no("participant_unknown");
      if (action.kind === "mic" ? target.micOn : target.webcamOn) return yes();
      const asked = { participantId: id, targetId: action.participantId };
      return yes(
        action.kind === "mic" ? { type: "mic-requested", ...asked } : { type: "webcam-requested", ...asked },
      );
    }
    case "lock-media": {
      const { kind, locked, participantId } = action;
      if (participantId !== "*" && target === undefined) return no("participant_unknown");
      const before =
        target === undefined
          ? state.mediaLocks[kind]
          : kind === "mic"
            ? target.micLocked
            : target.webcamLocked;
      if (before === locked) return yes();
      const whom = target === undefined ? null : participantId;
      return yes({ type: "media-lock-changed", participantId: whom, kind, locked, by });
    }
    case "admit":
    case "deny": {
      const knock = knockIn(state, action.participantId);
      if (knock === undefined || (action.since !== undefined && action.since !== knock.since))
        return no(state.decided.includes(action.participantId) ? "already_decided" : "knock_unknown");
      if (action.type === "admit") return yes(...admission(state, knock.participantId, by, context));
      return yes(denial(knock.participantId, by, action.note, context));
    }
    case "admit-all": {
      const events = state.lobby.flatMap((one) => admission(state, one.participantId, by, context));
      return { ok: true, events, facts: { admitted: state.lobby.length, waiting: 0 } };
    }
    case "lock-room":
      return action.locked === state.locked
        ? yes()
        : yes({ type: "room-lock-changed", locked: action.locked, by });
    case "rename":
      return yes({
        type: "participant-renamed",
        participantId: id,
        name: action.name,
        metaData:
          action.metaData === undefined
            ? own.metaData
            : action.metaData === null
              ? null
              : { ...action.metaData },
      });
    case "grant-permission":
    case "take-permission": {
      const { permission, participantId } = action;
      if (target === undefined) return no("participant_unknown");
      const gives = action.type === "grant-permission";
      if (gives && !holds(state, id, permission)) return no("not_permitted");
      return yes(...rights(state, participantId, permission, gives, by));
    }
    case "remove": {
      if (action.participantId === id) return no("self_target");
      if (target === undefined) return no("participant_unknown");
      return yes(...going(state, action.participantId, "REMOVE_PEER", by));
    }
    case "ban": {
      if (action.participantId === id) return no("self_target");
      if (state.bans.includes(action.participantId)) return yes();
      const out = target === undefined ? [] : going(state, action.participantId, "REMOVE_PEER", by);
      return yes({ type: "participant-banned", participantId: action.participantId, by, note: null }, ...out);
    }
    case "unban":
      if (!state.bans.includes(action.participantId)) return no("ban_unknown");
      return yes({ type: "participant-unbanned", participantId: action.participantId, by });
    case "return-to-lobby": {
      if (action.participantId === id) return no("self_target");
      if (target === undefined) return no("participant_unknown");
      return yes(...sendingBack(state, action.participantId, by, context));
    }
    case "end":
      return yes({ type: "session-ended", sessionId: state.sessionId ?? "", cause: "ended", by });
    case "leave":
      return yes(...going(state, id, "MANUAL_LEAVE_CALLED", by));
    case "withdraw":
      return no("knock_unknown");
    case "refresh-token":
      return yes({ type: "token-refreshed", participantId: id, expiresAt: context.now + 3_600_000 });
    default:
      return no("invalid_parameter");
  }
}
