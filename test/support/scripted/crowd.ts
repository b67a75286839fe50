/** The others: they come, go, knock, talk and moderate at random, and now and then the client's own place is their business. */
import type { ActorView } from "../../../src/protocol/events.js";
import type { Chance } from "./chance.js";
import type { Gateway } from "./gateway.js";
import type { RoomLog } from "./room-log.js";
import { admission, coming, denial, going, knocking, rights, sendingBack } from "./room-happenings.js";
import { knockIn, personIn, type Happening } from "./room-state.js";

/** What a crowd works with. */
export interface CrowdParts {
  readonly gateway: Gateway;
  readonly log: RoomLog;
  readonly chance: Chance;
  /** The id of the client's participant. */
  readonly viewer: string;
}

const OTHERS = ["bo", "cy", "di", "ed"] as const;
const API: ActorView = { kind: "api", name: null };
const RULE: ActorView = { kind: "rule" };

/** How likely each doing is, beside the others. */
const DOINGS = {
  come: 6,
  go: 4,
  publish: 10,
  media: 5,
  line: 4,
  lock: 1,
  rename: 2,
  knock: 5,
  answer: 3,
  withdraw: 2,
  ban: 1,
  unknown: 1,
  signal: 3,
  mark: 2,
  mute: 2,
  ask: 2,
  lockMedia: 1,
  right: 1,
  expire: 0.5,
  admitOwn: 6,
  denyOwn: 0.4,
  removeOwn: 0.25,
  returnOwn: 0.5,
  end: 0.15,
} as const;

/** Everybody but the client. */
export class Crowd {
  private said = 0;

  constructor(private readonly parts: CrowdParts) {}

  /** Somebody does something, or finds that there is nothing to do. */
  act(): void {
    const { chance, gateway } = this.parts;
    const events = this.choose(chance.weigh(DOINGS));
    gateway.happen(events);
  }

  /** Lets the client's participant in, if it waits. */
  admitOwn(): void {
    this.parts.gateway.happen(this.choose("admitOwn"));
  }

  /** Puts the client's participant out, in one of the ways that there are. */
  putOut(): void {
    const { chance, gateway } = this.parts;
    gateway.happen(this.choose(chance.yes(0.5) ? "removeOwn" : "end"));
  }

  private choose(doing: keyof typeof DOINGS): readonly Happening[] {
    const { chance, log, gateway, viewer } = this.parts;
    const { state } = log;
    const context = gateway.context();
    const inside = OTHERS.filter((id) => personIn(state, id) !== undefined);
    const waiting = OTHERS.filter((id) => knockIn(state, id) !== undefined);
    const one = chance.pick(inside);
    const own = personIn(state, viewer);
    const kind = chance.yes(0.5) ? "mic" : "webcam";
    switch (doing) {
      case "come": {
        const held = (["allow_join", "allow_mod"] as const).filter(() => chance.yes(0.4));
        const newcomer = chance.pick(OTHERS.filter((id) => !inside.includes(id) && !waiting.includes(id)));
        return newcomer === undefined ? [] : coming(state, newcomer, held, true, context);
      }
      case "knock": {
        const newcomer = chance.pick(OTHERS.filter((id) => !inside.includes(id) && !waiting.includes(id)));
        return newcomer === undefined ? [] : [knocking(newcomer, false, true, context)];
      }
      case "go":
        return one === undefined ? [] : going(state, one, "MANUAL_LEAVE_CALLED", this.actor(one));
      case "publish":
        return one === undefined ? [] : [this.message(one)];
      case "media": {
        const person = one === undefined ? undefined : personIn(state, one);
        if (person === undefined || one === undefined) return [];
        const isOn = kind === "mic" ? person.micOn : person.webcamOn;
        const change = { participantId: one, kind, by: this.actor(one) } as const;
        return [{ type: isOn ? "stream-disabled" : "stream-enabled", ...change }];
      }
      case "line": {
        const id = chance.pick([...inside, ...waiting]);
        if (id === undefined) return [];
        const until = context.now + 30_000;
        const person = personIn(state, id);
        if (person !== undefined)
          return person.online
            ? [{ type: "participant-disconnected", participantId: id, until }]
            : [{ type: "participant-resumed", participantId: id }];
        return knockIn(state, id)?.online === true
          ? [{ type: "entry-disconnected", participantId: id, until }]
          : [{ type: "entry-resumed", participantId: id }];
      }
      case "lock":
        return [{ type: "room-lock-changed", locked: !state.locked, by: API }];
      case "rename":
        if (one === undefined) return [];
        return [
          {
            type: "participant-renamed",
            participantId: one,
            name: context.freshId("name"),
            metaData: { a: 1 },
          },
        ];
      case "answer":
      case "withdraw": {
        const id = chance.pick(waiting);
        if (id === undefined) return [];
        if (doing === "withdraw") return [{ type: "entry-withdrawn", participantId: id, cause: "withdrawn" }];
        return chance.yes(0.6) ? admission(state, id, API, context) : [denial(id, API, "no", context)];
      }
      case "ban": {
        const isBanned = state.bans.includes("troll");
        if (isBanned) return [{ type: "participant-unbanned", participantId: "troll", by: API }];
        return [{ type: "participant-banned", participantId: "troll", by: API, note: null }];
      }
      case "unknown":
        gateway.happenUnknown();
        return [];
      case "signal":
        if (one !== undefined && gateway.seat?.isInRoom === true)
          gateway.seat.say({ type: "signal", from: one, id: context.freshId("s"), payload: { n: 1 } });
        return [];
      case "mark": {
        const expiresAt = context.now + 1_000;
        const mark = { mark: "half", expiresAt, isExpired: false, policy: "stay" };
        gateway.seat?.say({ type: "token-refresh", ...mark });
        return [];
      }
      case "mute": {
        const isOn = kind === "mic" ? own?.micOn : own?.webcamOn;
        return isOn === true ? [{ type: "stream-disabled", participantId: viewer, kind, by: API }] : [];
      }
      case "ask": {
        const asked = { participantId: one ?? null, targetId: viewer };
        if (own === undefined) return [];
        if (kind === "mic" ? own.micOn : own.webcamOn) return [];
        return [
          kind === "mic" ? { type: "mic-requested", ...asked } : { type: "webcam-requested", ...asked },
        ];
      }
      case "lockMedia": {
        const isForAll = chance.yes(0.5);
        if (own === undefined) return [];
        const locked = isForAll ? state.mediaLocks[kind] : kind === "mic" ? own.micLocked : own.webcamLocked;
        const whom = isForAll ? null : viewer;
        return [{ type: "media-lock-changed", participantId: whom, kind, locked: !locked, by: API }];
      }
      case "right": {
        const right = chance.yes(0.6) ? "allow_join" : "allow_mod";
        if (own === undefined) return [];
        return rights(state, viewer, right, !own.permissions.includes(right), API);
      }
      case "expire":
        if (own === undefined) return [];
        return state.restricted.includes(viewer)
          ? [{ type: "token-refreshed", participantId: viewer, expiresAt: null }]
          : [{ type: "token-expired", participantId: viewer }];
      case "admitOwn":
        return knockIn(state, viewer) === undefined ? [] : admission(state, viewer, API, context);
      case "denyOwn":
        return knockIn(state, viewer) === undefined ? [] : [denial(viewer, API, "not now", context)];
      case "removeOwn":
        return own === undefined ? [] : going(state, viewer, "REMOVE_PEER", API);
      case "returnOwn":
        return own === undefined ? [] : sendingBack(state, viewer, API, context);
      case "end":
        if (state.sessionId === null) return [];
        return [{ type: "session-ended", sessionId: state.sessionId, cause: "ended", by: RULE }];
    }
  }

  private message(id: string): Happening {
    const { chance, gateway, viewer } = this.parts;
    const { now, freshId } = gateway.context();
    const to = chance.weigh({ all: 6, own: 2, others: 2 });
    const sendOnly = to === "all" ? null : to === "own" ? [viewer, "cy"] : ["di"];
    this.said += 1;
    const body = {
      id: freshId("m"),
      topic: "CHAT",
      message: `${id} says ${this.said}`,
      payload: { n: this.said },
    };
    const more = { senderId: id, senderName: id, timestamp: now, persist: chance.yes(0.5), sendOnly };
    return { type: "message-published", message: { ...body, ...more } };
  }

  private actor(participantId: string): ActorView {
    return { kind: "participant", participantId, name: participantId };
  }
}
