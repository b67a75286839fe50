/** A connection that follows conferences: which messages it takes, in which order, and by which tokens. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Grant } from "../../src/room/grant.js";
import { HandDoor } from "../support/hand-door.js";
import { APP_ID, errorOf } from "../support/meeting.js";
import { Peer } from "../support/peer.js";
import { grant } from "../unit/room/support.js";

const JOIN = { type: "join", id: "join-0123456789ab" } as const;

describe("following conferences from outside", () => {
  let door: HandDoor;
  beforeEach(async () => {
    door = await HandDoor.open();
  });
  afterEach(() => door.close());

  /** A token of somebody; its text is its name. */
  function known(token: string, participantId: string, part: Partial<Grant> = {}): string {
    door.grants.set(token, grant(token, { app: APP_ID, participantId, ...part }));
    return token;
  }
  const slow = (token: string): string => {
    door.slow.add(token);
    return token;
  };
  test("followers: what may be sent, in its order, and by whom", async () => {
    const part = { kind: "client", scopes: ["notifications:set"] } as const;
    const token = slow(known("t", "ann", { ...part, scopes: [...part.scopes] }));
    const peer = await Peer.open(door);
    const list = [{ type: "Invitation" }];
    const subscribing = peer.ask({ type: "subscribe", token, notifications: list });
    await door.checking(token);
    expect(errorOf(await peer.ask({ ...JOIN, token, roomId: "room" }))).toMatchObject({
      reason: "already_joined",
    });
    await door.answer(token);
    expect(await subscribing).toMatchObject({ ok: true });

    expect(await peer.ask({ type: "ping" })).toMatchObject({ ok: true });
    expect(await peer.ask({ type: "subscribe", notifications: [] })).toMatchObject({ ok: true });
    for (const message of [
      { ...JOIN, token, roomId: "room" },
      { type: "resume", id: JOIN.id, secret: "s" },
    ])
      expect(errorOf(await peer.ask(message))).toMatchObject({ reason: "already_joined" });
    for (const message of [{ type: "leave" }, { type: "refresh-token", token }, { type: "end" }])
      expect(errorOf(await peer.ask(message))).toMatchObject({ reason: "not_joined" });

    const refusals = {
      participant_mismatch: known("bob's", "bob", { kind: "client", scopes: ["notifications:set"] }),
      room_mismatch: known("theirs", "ann", { app: "other", kind: "client", scopes: ["notifications:set"] }),
      scope_missing: known("poor", "ann", { kind: "client", scopes: [] }),
      signature_invalid: "nobody's",
    };
    for (const [reason, shown] of Object.entries(refusals))
      expect(errorOf(await peer.ask({ type: "subscribe", token: shown, notifications: list }))).toMatchObject(
        {
          reason,
        },
      );
    const newer = slow(known("newer", "ann", { kind: "client", scopes: ["notifications:set"] }));
    const order: unknown[] = [];
    const asked = [
      { type: "subscribe", id: "s1", token: newer, notifications: list },
      { type: "subscribe", id: "s2", notifications: [] },
    ].map((message) => peer.ask(message).then(({ id }) => order.push(id)));
    await door.checking(newer);
    expect(await peer.ask({ type: "ping" })).toMatchObject({ ok: true });
    await door.answer(newer);
    await Promise.all(asked);
    expect(order).toEqual(["s1", "s2"]);
    expect(peer.closed).toBeNull();
  });

  test.each([
    ["without the scope", { scopes: ["conf:create"] as const }, { code: 4438, reason: "scope_missing" }],
    ["that is refused", null, { code: 4002, reason: "signature_invalid" }],
  ])("a first subscription by a token %s ends the connection", async (_what, part, end) => {
    if (part !== null) known("t", "ann", { kind: "client", scopes: [...part.scopes] });
    const peer = await Peer.open(door);
    expect(errorOf(await peer.ask({ type: "subscribe", token: "t", notifications: [] }))).toMatchObject({
      reason: end.reason,
    });
    expect(await peer.ended()).toEqual(end);
  });

  test("a subscription for invitations by a token of nobody may be put right", async () => {
    door.grants.set("t", grant("t", { app: APP_ID, kind: "client", scopes: ["notifications:set"] }));
    const peer = await Peer.open(door);
    const subscribe = { type: "subscribe", token: "t" } as const;
    expect(errorOf(await peer.ask({ ...subscribe, notifications: [{ type: "Invitation" }] }))).toMatchObject({
      reason: "invalid_parameter",
      field: "notifications.0",
    });
    const notifications = [{ type: "Conference.Created", conferenceAlias: "standup" }];
    expect(await peer.ask({ ...subscribe, notifications })).toMatchObject({ ok: true });
  });

  test("whoever hangs up while a subscription is looked at follows nothing", async () => {
    const token = slow(known("t", "ann", { kind: "client", scopes: ["notifications:set"] }));
    const peer = await Peer.open(door);
    peer.send({ type: "subscribe", id: "s1", token, notifications: [{ type: "Invitation" }] });
    await door.checking(token);
    await peer.cut();
    await door.answer(token);
    const bob = known("bob's", "bob", { kind: "client", scopes: ["notifications:set"] });
    const other = await Peer.open(door);
    expect(
      await other.ask({ type: "subscribe", token: bob, notifications: [{ type: "Invitation" }] }),
    ).toMatchObject({ ok: true });
    expect(door.followed).toEqual(["notify person bob"]);
  });
});
