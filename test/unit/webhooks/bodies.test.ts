/** What receivers are sent. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Told } from "../../../src/archive/archive.js";
import type { RoomEvent } from "../../../src/room/events.js";
import { bodyOf, noticesOf, stableJson, type KnockLink } from "../../../src/webhooks/bodies.js";
import { knockEvent, lockEvent, PERSON, ROOM, roomState, START, step } from "./support.js";

const noLink: KnockLink = () => null;
const ISO = new Date(START).toISOString();
const view = {
  ...{
    participantId: "p1",
    name: "Ann",
    metaData: null,
    permissions: [],
    conferencePermissions: null,
    micOn: false,
    webcamOn: false,
  },
  ...{ micLocked: false, webcamLocked: false, online: true, joinedAt: START },
};

function bodies(event: RoomEvent, more: Partial<Told> = {}, link = noLink): string[] {
  const { followed, told } = step([event], { from: 7 });
  const all = told.map((one) => ({ ...one, ...more }));
  return noticesOf(followed, all, link, START).map((notice, index) => bodyOf(notice, `m${index}`));
}

const tail = (id: string, at = START): string => `"id":"${id}","epoch":"e1","seq":7,"at":${at}}`;

describe("N2: bodies", () => {
  test("N2: VideoSDK's four, byte for byte", () => {
    const by = { kind: "rule" } as const;
    const started = { type: "session-started", at: START, cmd: null, body: { sessionId: "s1" } } as const;
    expect(bodies(started)).toEqual([
      `{"webhookType":"session-started","data":{"sessionId":"s1","meetingId":"${ROOM}","start":"${ISO}"},${tail("m0")}`,
    ]);
    const joined: RoomEvent = {
      ...{ type: "participant-joined", at: START, cmd: null, body: { participant: view } },
      hidden: { person: PERSON },
    };
    const person = `"meetingId":"${ROOM}","sessionId":"s1","participantId":"p1","participantName":"Ann"`;
    expect(bodies(joined)).toEqual([`{"webhookType":"participant-joined","data":{${person}},${tail("m0")}`]);
    const reason = { code: 1101, message: "MANUAL_LEAVE_CALLED" };
    const left: RoomEvent = {
      ...{ type: "participant-left", at: START, cmd: null, body: { participantId: "p1", reason, by } },
      hidden: { note: "hidden-note" },
    };
    expect(bodies(left, { participant: { participantId: "p1", name: "Ann" } })).toEqual([
      `{"webhookType":"participant-left","data":{${person},"reason":${JSON.stringify(reason)}},${tail("m0")}`,
    ]);
  });

  test("N2: a session that ends for all: first everybody's leaving, in order, then its end", () => {
    const ended: RoomEvent = {
      ...{ type: "session-ended", at: START + 5_000, cmd: null },
      body: { sessionId: "s1", cause: "ended", by: { kind: "api", name: null } },
    };
    const ejected = ["p1", "p2"].map((participantId) => ({ participantId, name: `name ${participantId}` }));
    const all = bodies(ended, { ejected });
    expect(all.map((body) => JSON.parse(body) as unknown)).toMatchObject([
      {
        webhookType: "participant-left",
        data: { sessionId: "s1", participantId: "p1", participantName: "name p1", reason: { code: 1009 } },
        seq: 7,
      },
      { webhookType: "participant-left", data: { participantId: "p2" }, seq: 7 },
      { webhookType: "session-ended", seq: 7 },
    ]);
    const end = new Date(START + 5_000).toISOString();
    expect(all[2]).toContain(
      `"data":{"sessionId":"s1","meetingId":"${ROOM}","start":"${ISO}","end":"${end}"}`,
    );
  });

  test("N2: any other event as sockets see it, with nothing hidden in it", () => {
    const [locked = ""] = bodies(lockEvent());
    expect(locked).toBe(
      `{"webhookType":"room-lock-changed","data":{"meetingId":"${ROOM}","sessionId":"s1","locked":true,"by":{"kind":"rule"}},${tail("m0")}`,
    );
    const [knock = ""] = bodies(knockEvent("p1"), { session: null });
    expect(knock).toContain('"sessionId":null,"knock":{"participantId":"p1"');
    expect(knock).not.toContain("hidden");
    expect(knock).not.toContain("link");
    const created: RoomEvent = {
      ...{ type: "room-settings-changed", at: START, cmd: null },
      body: { settings: roomState().room?.settings ?? fail(), by: { kind: "api", name: "desk" } },
      hidden: {
        backOffice: {
          webhook: { endPoint: "https://hidden/", events: [] },
          knockPolicy: null,
          allowedParticipantIds: ["hidden"],
          conference: { ownerId: "hidden", isProtected: false, emptyTtlMs: 0, pincode: "hidden" },
        },
      },
    };
    expect(bodies(created)[0]).not.toContain("hidden");
  });

  test("N2: a knock carries the link on which it can be answered, where there is one", () => {
    const link: KnockLink = (app, roomId, id, since) => `https://x/${app}/${roomId}/${id}/${since}`;
    expect(bodies(knockEvent("p1"), {}, link)[0]).toContain(`"link":"https://x/app/${ROOM}/p1/${START}"`);
  });

  test("N2: a customer's name for the room is told", () => {
    const state = roomState();
    const named = { ...state, room: state.room === null ? null : { ...state.room, customRoomId: "ward 5" } };
    const { followed, told } = step([lockEvent()], { state: named });
    const [notice] = noticesOf(followed, told, noLink, START);
    expect(notice?.data).toMatchObject({ meetingId: ROOM, customRoomId: "ward 5" });
  });

  test("N8: events lost for good are told as lost", () => {
    const { followed } = step([], { from: 10 });
    expect(noticesOf({ ...followed, gap: true, upTo: 31 }, [], noLink, START)).toEqual([
      { webhookType: "events-lost", data: { meetingId: ROOM }, epoch: "e1", seq: 31, at: START },
    ]);
  });

  test("N2: any JSON survives being parsed and written again", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.string(), fc.nat().map(String)), fc.jsonValue()), (metaData) => {
        const body = stableJson({ b: metaData, 2: 1, a: [metaData, -0, 1e21, 1e-7] });
        expect(JSON.stringify(JSON.parse(body))).toBe(body);
      }),
    );
    const odd = stableJson({ z: 1, 10: -0, 9: 1e21, "\ud800": "\u2028", ["__proto__"]: { 1: 1, 0: 0 } });
    expect(JSON.stringify(JSON.parse(odd))).toBe(odd);
  });
});

function fail(): never {
  throw new Error("no room");
}
