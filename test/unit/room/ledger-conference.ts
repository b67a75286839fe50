/** The part of the account that is about conferences: invitations, lists of permissions, when it is over. By the words of K. */
import type { ConferencePermission, RoomStatus } from "../../../src/protocol/events.js";
import type { Action, JoinAction } from "../../../src/room/commands.js";
import type { BackOffice, RoomEvent } from "../../../src/room/events.js";
import type { Grant, Right } from "../../../src/room/grant.js";
import { must } from "./ledger-office.js";

type List = readonly ConferencePermission[];

const HOSTS: List = ["INVITE"];
const MODERATORS: List = ["KICK", "UPDATE_PERMISSIONS"];
const NINE: List = [
  ...(["JOIN", "SEND_AUDIO", "SEND_VIDEO", "SHARE_SCREEN", "SHARE_VIDEO"] as const),
  ...(["SHARE_FILE", "SEND_MESSAGE", "RECORD", "STREAM"] as const),
];

/** Whether both have the same members. */
export function isSame(one: Iterable<string> | null, other: Iterable<string> | null): boolean {
  return [...(one ?? ["-"])].sort().join() === [...(other ?? ["-"])].sort().join();
}

/** The rights that a list amounts to. */
export function rightsOf(list: List): Right[] {
  const holds = (all: List): boolean => all.every((one) => list.includes(one));
  return [
    ...(holds(HOSTS) ? (["allow_join"] as const) : []),
    ...(holds(MODERATORS) ? (["allow_mod"] as const) : []),
  ];
}

/** What back ends and moderators said of people's permissions, kept from events alone. */
export class ConferenceLedger {
  private conference: BackOffice["conference"] = null;
  private readonly invitations = new Map<string, { readonly pass: string; readonly permissions: List }>();
  /** Of the session: lists changed by id, permissions taken by token. */
  private lists = new Map<string, List>();
  private taken = new Map<string, List>();
  private status: RoomStatus = "enabled";
  private emptySince = Infinity;

  take(event: RoomEvent): void {
    switch (event.type) {
      case "room-created":
      case "room-settings-changed":
        this.conference = event.hidden.backOffice.conference;
        break;
      case "room-status-changed":
        this.status = event.body.status;
        break;
      case "participant-invited": {
        const { participantId, permissions } = event.body;
        must(this.conference !== null, "an invitation into a plain room");
        this.invitations.set(participantId, { pass: event.hidden.passId, permissions });
        this.lists.delete(participantId);
        break;
      }
      case "invitation-revoked":
        must(
          this.invitations.delete(event.body.participantId),
          "an invitation that was not there is revoked",
        );
        break;
      case "session-started":
        this.emptySince = Infinity;
        break;
      case "session-ended":
        this.lists = new Map();
        this.taken = new Map();
        this.emptySince = event.body.cause === "last-left" ? event.at : -Infinity;
        break;
      default:
        break;
    }
  }

  /** K10, after all events of a command: whether the conference is over exactly where it must be. */
  mustBeOverInTime(action: Action, events: readonly RoomEvent[]): void {
    if (this.conference === null) return;
    const isRule = (event: RoomEvent): boolean =>
      event.type === "room-status-changed" && event.body.by.kind === "rule";
    const due = this.emptySince + this.conference.emptyTtlMs;
    const at = events.at(-1)?.at ?? -Infinity;
    if (this.emptySince === -Infinity || (this.emptySince < Infinity && this.conference.emptyTtlMs === 0))
      must(this.status === "deactivated", "a conference goes on after its end");
    else if (events.some(isRule))
      must(action.type === "tick" && due <= at, "a conference is over before its time");
  }

  /** What somebody holds who comes with this token; null: in a plain room. */
  list(id: string, grant: Grant): List | null {
    if (this.conference === null) return null;
    const { kind, permissions } = grant;
    const byToken: List = [
      ...NINE,
      ...(kind !== "client" && permissions.includes("allow_join") ? HOSTS : []),
      ...(kind !== "client" && permissions.includes("allow_mod") ? MODERATORS : []),
    ];
    if (grant.participantId === null)
      return byToken.filter((one) => this.taken.get(grant.fingerprint)?.includes(one) !== true);
    const owns = this.conference.ownerId === id && !this.conference.isProtected;
    const seed = owns ? [...NINE, ...HOSTS, ...MODERATORS] : byToken;
    return this.invitations.get(id)?.permissions ?? this.lists.get(id) ?? seed;
  }

  /** Whether this token lets its bearer in without a knock, as far as token and list say. */
  mayWalkIn(id: string, grant: Grant): boolean {
    const list = this.list(id, grant);
    if (list !== null && !list.includes("JOIN")) return false;
    return grant.permissions.includes("allow_join") || (list !== null && grant.kind === "client");
  }

  /** K8: whoever comes has what they need. */
  mustHavePass(id: string, { grant, pass }: JoinAction): void {
    if (pass === null) {
      const free = this.conference?.isProtected !== true;
      const vouched = grant.kind !== "client" && grant.permissions.includes("allow_join");
      must(free || vouched, `${id} is past the protection`);
      return;
    }
    const { participantId } = grant;
    const newest = this.invitations.get(id)?.pass === pass.id;
    must(
      newest && participantId === id && pass.participantId === id,
      `${id} came with a pass that does not count`,
    );
  }

  /** K5: a list was changed in the room. */
  changed(
    id: string,
    by: { readonly bound: boolean; readonly tokens: ReadonlySet<string> },
    before: List,
    now: List,
  ): void {
    if (!by.bound) {
      const gone = before.filter((one) => !now.includes(one));
      for (const token of by.tokens) this.takenFrom(token, gone);
      return;
    }
    const invitation = this.invitations.get(id);
    if (invitation === undefined) {
      this.lists.set(id, now);
      return;
    }
    const mayEnter = invitation.permissions.includes("JOIN");
    const permissions = now.filter((one) => one !== "JOIN" || mayEnter);
    const join: List = mayEnter && !permissions.includes("JOIN") ? ["JOIN"] : [];
    this.invitations.set(id, { ...invitation, permissions: [...permissions, ...join] });
  }

  /** A newer token that names nobody stands under what was taken from the older ones. */
  shown(older: ReadonlySet<string>, token: string): void {
    for (const one of older) this.takenFrom(token, this.taken.get(one) ?? []);
  }

  private takenFrom(token: string, list: List): void {
    this.taken.set(token, [...(this.taken.get(token) ?? []), ...list]);
  }
}
