import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { asJson, type Peer } from "../support/peer.js";
import { startReceiver, type Receiver, type Reply } from "../support/receiver.js";
import { Rest, REST_TOPOLOGIES } from "../support/rest.js";

describe.each(REST_TOPOLOGIES)("a back end that is asked about knocks, on %s", (topology) => {
  const rest = new Rest(topology);
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  const policy = (extra: object = {}) => ({ knockPolicy: { url: receiver.url, timeout: 2, ...extra } });
  const isIn = (guest: Peer): Promise<unknown> => guest.room();

  test("N9: its word lets in or sends away, with its reason, and hosts see in whose name", async () => {
    receiver.answer = ({ body }) => {
      const { participantId } = asJson(asJson(JSON.parse(body))["data"]);
      const text = JSON.stringify(
        participantId === "friend" ? { decision: "allow" } : { decision: "deny", note: "members only" },
      );
      return { status: 200, text };
    };
    const { roomId, host } = await rest.meeting(policy());
    const friend = await rest.knock(roomId, "friend", { metaData: { team: "blue" } });
    await isIn(friend);
    expect(asJson(JSON.parse(receiver.got.at(-1)?.body ?? ""))).toMatchObject({
      webhookType: "entry-policy",
      data: {
        meetingId: roomId,
        participantId: "friend",
        participantName: "friend",
        metaData: { team: "blue" },
      },
    });

    const stranger = await rest.knock(roomId, "stranger");
    await eventually(() => {
      expect(stranger.frames).toContainEqual(
        expect.objectContaining({ type: "entry-responded", note: "members only" }),
      );
    });
    const answer = await host.event("entry-responded", (event) => JSON.stringify(event).includes("stranger"));
    expect(answer).toMatchObject({ decision: "denied", by: { kind: "api", name: "knock policy" } });
    expect(await rest.post(`/v2/rooms/${roomId}/lobby/stranger/admit`)).toMatchObject({
      status: 409,
      body: { code: "already_decided", details: { decidedByName: "knock policy" } },
    });
  });

  test("N9: it may leave the knock to the hosts", async () => {
    receiver.answer = () => ({ status: 200, text: '{"decision":"ask"}' });
    const { roomId, host, at } = await rest.meeting(policy({ fallback: "deny" }));
    const before = receiver.got.length;
    const guest = await rest.knock(roomId, "guest");
    await eventually(() => {
      expect(receiver.got.length).toBeGreaterThan(before);
    });
    await eventually(async () => {
      const log = await rest.get(`/v2/webhooks/policy-${roomId}/deliveries`);
      expect(log.body["data"]).toMatchObject([{ status: "delivered" }]);
    });
    expect(await rest.get(`${at}/lobby`)).toMatchObject({ body: { knocks: [{ participantId: "guest" }] } });
    await host.ask({ type: "admit", participantId: "guest" });
    await isIn(guest);
  });

  test.each([
    ["allow", "is broken", (): Reply => ({ status: 500 })],
    ["deny", "is silent", (): null => null],
  ] as const)("N9: the fallback %s holds where it %s", async (fallback, _how, answer) => {
    receiver.answer = answer;
    const { roomId } = await rest.meeting(policy({ timeout: 0.5, fallback }));
    const guest = await rest.knock(roomId, "guest");
    if (fallback === "allow") await isIn(guest);
    else
      await eventually(() => {
        expect(guest.frames).toContainEqual(
          expect.objectContaining({ type: "entry-responded", decision: "denied" }),
        );
      });
  });

  test("N2: the link in a webhook answers its knock, for somebody who has no token, once", async () => {
    const links: string[] = [];
    receiver.answer = ({ body }) => {
      const { link } = asJson(asJson(JSON.parse(body))["data"]);
      links.push(String(link));
      return { status: 200 };
    };
    const { roomId } = await rest.meeting({
      webhook: { endPoint: receiver.url, events: ["entry-requested"] },
    });
    const guest = await rest.knock(roomId, "guest");
    const link = await eventually((): string => {
      const [first] = links;
      if (first === undefined) throw new Error("no webhook yet");
      return first;
    });
    const use = (): Promise<Response> =>
      fetch(link, { method: "POST", body: JSON.stringify({ decision: "allow", name: "Ada" }) });
    expect((await fetch(link)).status).toBe(200);
    expect((await use()).status).toBe(200);
    await isIn(guest);
    const again = await use();
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: "already_decided", details: { decidedByName: "Ada" } });
  });
});
