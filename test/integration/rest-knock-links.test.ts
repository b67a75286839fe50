/** Knock links: a host who is not in the meeting answers from a mail, a chat or a phone. */
import { describe, expect, test } from "@jest/globals";
import { checkedFetch } from "../support/api-check.js";
import { eventually } from "../support/eventually.js";
import { enter, GUEST, named } from "../support/meeting.js";
import { asJson, type Json, type Peer } from "../support/peer.js";
import { backEnd, otherBackEnd, refusedAs, Rest, REST_TOPOLOGIES } from "../support/rest.js";

const SOON = { deadlineMs: 1_000 } as const;

interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

describe.each(REST_TOPOLOGIES)("knock links, %s", (topology) => {
  const rest = new Rest(topology);

  async function page(target: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    const init = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
    const response = await checkedFetch(`http://127.0.0.1:${rest.api.port}${target}`, init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** A link to a knock, once the node that is asked knows of it. */
  const linkTo = (at: string, participantId: string, body: Json = {}): Promise<string> =>
    eventually(async () => {
      const made = await rest.post(`${at}/lobby/${participantId}/link`, body);
      expect(made.status).toBe(200);
      return String(made.body["code"]);
    });

  async function waiting(settings: Json = {}, extra: Json = {}) {
    const { roomId, host, at } = await rest.meeting(settings);
    const guest = await rest.knock(roomId, "guest", extra);
    return { roomId, host, at, guest, code: await linkTo(at, "guest") };
  }

  const inside = async (guest: Peer): Promise<void> => {
    await eventually(() => expect(guest.frames.map(({ type }) => type)).toContain("snapshot"), SOON);
  };
  const stillWaits = async (at: string): Promise<void> => {
    expect((await rest.get(`${at}/lobby`)).body["knocks"]).toMatchObject([{ participantId: "guest" }]);
  };

  test("the link is an address of this gateway, and lives as long as the knock, or shorter", async () => {
    const { at } = await waiting({ knockTimeout: 600 });
    const [knock] = [(await rest.get(`${at}/lobby`)).body["knocks"]].flat();
    const { body } = await rest.post(`${at}/lobby/guest/link`);
    expect(body).toEqual({
      url: `http://127.0.0.1:${rest.api.port}/v2/knocks/${String(body["code"])}`,
      code: expect.any(String),
      expiresAt: asJson(knock)["expiresAt"],
    });
    const short = await rest.post(`${at}/lobby/guest/link`, { expiresIn: 5 });
    expect(Number(short.body["expiresAt"])).toBeLessThan(Date.now() + 6_000);
    const long = await rest.post(`${at}/lobby/guest/link`, { expiresIn: 86_400 });
    expect(long.body["expiresAt"]).toBe(body["expiresAt"]);
  });

  test("the page says who waits; the button lets them in within a second, and hosts hear that it was a link", async () => {
    const { at, host, guest, code, roomId } = await waiting({}, { name: "Grace Hopper" });
    const shown = await page(`/v2/knocks/${code}`);
    expect(shown.status).toBe(200);
    for (const text of ["Grace Hopper", "guest", roomId, `action="/v2/knocks/${code}/answer"`])
      expect(shown.text).toContain(text);
    const pressed = await page(`/v2/knocks/${code}/answer`, { decision: "allow" });
    await inside(guest);
    expect([pressed.status, pressed.text]).toEqual([200, expect.stringContaining("Admitted")]);
    const told = await host.event("entry-responded", named("guest"));
    expect(told).toMatchObject({ decision: "allowed", by: { kind: "api", name: "knock link" } });
    expect((await rest.get(`${at}/lobby`)).body["knocks"]).toEqual([]);
  });

  test("opening a link decides nothing, however often a mail program does it", async () => {
    const { at, host, code } = await waiting();
    for (const method of ["GET", "HEAD"]) {
      for (const target of [`/v2/knocks/${code}`, `/v2/knocks/${code}/`]) {
        const url = `http://127.0.0.1:${rest.api.port}${target}`;
        expect((await fetch(url, { method })).status).toBe(200);
      }
    }
    expect((await fetch(`http://127.0.0.1:${rest.api.port}/v2/knocks/${code}/answer`)).status).toBe(404);
    await stillWaits(at);
    expect(host.events.filter(({ type }) => type === "entry-responded")).toEqual([]);
  });

  test("nobody keeps the page, passes its address on, or puts it into a frame", async () => {
    const { code } = await waiting();
    const answers = [
      await page(`/v2/knocks/${code}`),
      await page("/v2/knocks/none"),
      await page(`/v2/knocks/${code}/answer`, {}),
      await page(`/v2/knocks/${code}/answer`, { decision: "deny" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 400, 200]);
    const json = await checkedFetch(`http://127.0.0.1:${rest.api.port}/v2/knocks/none`, { method: "POST" });
    for (const { headers } of [...answers, json]) {
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    }
  });

  test("a denial by the page reaches the knocker with its reason", async () => {
    const { guest, code } = await waiting();
    const note = "Übermorgen, <b>10 Uhr</b> & pünktlich";
    expect((await page(`/v2/knocks/${code}/answer`, { decision: "deny", note })).status).toBe(200);
    const told = await guest.find(({ type }) => type === "entry-responded");
    expect(told).toMatchObject({ decision: "denied", note, banned: false });
  });

  test("an empty reason is none", async () => {
    const { guest, code } = await waiting();
    await page(`/v2/knocks/${code}/answer`, { decision: "deny", note: "  " });
    expect(await guest.find(({ type }) => type === "entry-responded")).toMatchObject({ note: null });
  });

  test("programs answer with the name of whoever pressed; the second use says who decided, and how", async () => {
    const { roomId, host, guest, code } = await waiting();
    const path = `/v2/knocks/${code}`;
    const done = await rest.post(path, { decision: "allow", name: "Dr. Lee" });
    expect(done).toMatchObject({ status: 200, body: { roomId, repeated: false, result: {} } });
    await inside(guest);
    const { seq } = await host.event("participant-joined", ({ participant }) =>
      JSON.stringify(participant).includes('"guest"'),
    );
    expect(done.body["position"]).toBe(`${String(host.epoch)}:${String(seq)}`);
    const details = { decision: "allowed", decidedBy: "api", decidedByName: "Dr. Lee" };
    for (const decision of ["allow", "deny"])
      expect(await rest.post(path, { decision })).toMatchObject(
        refusedAs(409, "already_decided", "participantId", details),
      );
    const shown = await page(path);
    expect([shown.status, shown.text]).toEqual([200, expect.stringMatching(/Admitted.*by.*Dr\. Lee/s)]);
    const pressed = await page(`${path}/answer`, { decision: "deny" });
    expect([pressed.status, pressed.text]).toEqual([409, expect.stringMatching(/Admitted.*by.*Dr\. Lee/s)]);
  });

  test("of many uses at once one counts, and all others are told of it", async () => {
    const { at, host, guest, code } = await waiting();
    const other = await linkTo(at, "guest");
    const uses = Array.from({ length: 12 }, (_use, index) =>
      rest.post(`/v2/knocks/${index % 2 === 0 ? code : other}`, {
        decision: index % 3 === 0 ? "deny" : "allow",
        name: `n${index}`,
      }),
    );
    const answers = await Promise.all(uses);
    const [winner, ...more] = answers.filter(({ status }) => status === 200);
    expect([winner?.status, more]).toEqual([200, []]);
    const told = await host.event("entry-responded", named("guest"));
    const { name } = asJson(told["by"]);
    for (const lost of answers.filter(({ status }) => status !== 200))
      expect(lost).toMatchObject(refusedAs(409, "already_decided", undefined, { decidedByName: name }));
    await guest.find(
      ({ type }) => type === (told["decision"] === "allowed" ? "snapshot" : "entry-responded"),
    );
  });

  test("a repeated press with the same Idempotency-Key has one effect and the same answer", async () => {
    const { code } = await waiting();
    const body = { decision: "allow" };
    const first = await rest.post(`/v2/knocks/${code}`, body, { key: "press-1" });
    const again = await rest.post(`/v2/knocks/${code}`, body, { key: "press-1" });
    expect(again).toEqual({ status: 200, body: { ...first.body, repeated: true } });
  });

  test("the keys of whoever has a link are not those of the app's back ends", async () => {
    const { at, code } = await waiting();
    const sent = await rest.post(`${at}/messages`, { topic: "t", message: "m" }, { key: "k1" });
    expect(sent.status).toBe(200);
    const pressed = await rest.post(`/v2/knocks/${code}`, { decision: "allow" }, { key: "k1" });
    expect(pressed).toMatchObject({ status: 200, body: { repeated: false } });
  });

  test("where a host was first, the link says so", async () => {
    const { host, code } = await waiting();
    expect(await host.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    const details = { decision: "allowed", decidedBy: "host", decidedByName: "host" };
    expect(await rest.post(`/v2/knocks/${code}`, { decision: "deny" })).toMatchObject(
      refusedAs(409, "already_decided", "participantId", details),
    );
    expect((await page(`/v2/knocks/${code}`)).text).toMatch(/Admitted.*by.*host/s);
  });

  test("who has given up is not let in, and a new knock is not answered by the old link", async () => {
    const { roomId, at, guest, code } = await waiting();
    await guest.ask({ type: "withdraw" });
    const path = `/v2/knocks/${code}`;
    const gone = async (): Promise<void> => {
      await eventually(async () => expect((await page(path)).status).toBe(404));
      expect(await rest.post(path, { decision: "allow" })).toMatchObject(refusedAs(404, "knock_unknown"));
      expect((await page(`${path}/answer`, { decision: "allow" })).status).toBe(404);
    };
    await gone();
    const later = await enter(rest.sockets, roomId, "guest", GUEST);
    const fresh = await linkTo(at, "guest");
    await gone();
    await stillWaits(at);
    expect((await rest.post(`/v2/knocks/${fresh}`, { decision: "allow" })).status).toBe(200);
    await inside(later);
  });

  test("a full room: the knock stays, and the link can be used again", async () => {
    const { host, at, guest, code } = await waiting({ maxParticipants: 1 });
    const press = () => page(`/v2/knocks/${code}/answer`, { decision: "allow" });
    expect([(await press()).status, (await press()).text]).toEqual([
      403,
      expect.stringContaining("room is full"),
    ]);
    await stillWaits(at);
    await host.ask({ type: "leave" });
    await eventually(async () => expect((await press()).status).toBe(200));
    await inside(guest);
  });

  test("changed, cut, expired and made-up codes open nothing, as a page and as JSON", async () => {
    const { at, code } = await waiting();
    const brief = await linkTo(at, "guest", { expiresIn: 1 });
    const last = code.endsWith("A") ? "B" : "A";
    const wrong = [
      `${code.slice(0, -1)}${last}`,
      code.slice(0, -1),
      `${code}.x`,
      "none",
      "%00",
      "..%2f",
      "a".repeat(3_000),
    ];
    await eventually(async () => expect((await page(`/v2/knocks/${brief}`)).status).toBe(403));
    for (const bad of [...wrong, brief]) {
      const shown = await page(`/v2/knocks/${bad}`);
      expect([shown.status, shown.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
      expect(shown.text).toContain("The link is not valid or has expired");
      expect(await rest.post(`/v2/knocks/${bad}`, { decision: "allow" })).toMatchObject(
        refusedAs(403, "link_invalid", "code"),
      );
      expect((await page(`/v2/knocks/${bad}/answer`, { decision: "allow" })).status).toBe(403);
    }
    await stillWaits(at);
  });

  test("what cannot be read decides nothing: another word, a note without end, a body without end", async () => {
    const { at, code } = await waiting();
    const path = `/v2/knocks/${code}`;
    for (const form of [{ decision: "maybe" }, { note: "x" }, { decision: "deny", note: "x".repeat(513) }]) {
      expect(await rest.post(path, form)).toMatchObject(refusedAs(400, "invalid_parameter"));
      expect((await page(`${path}/answer`, form)).status).toBe(400);
    }
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_one, index) => [`p${index}`, ""]));
    expect((await page(`${path}/answer`, { ...many, decision: "allow" })).status).toBe(400);
    const large = { decision: "allow", filler: "x".repeat(70_000) };
    expect((await page(`${path}/answer`, large)).status).toBe(413);
    expect(await rest.post(path, large)).toMatchObject(refusedAs(413, "payload_too_large"));
    await stillWaits(at);
  });

  const HOSTILE = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `' autofocus onfocus='alert(1)`,
    `</bdi></dd></dl><form action="https://evil.example">`,
    `&lt;b&gt; \u202egnp.exe\u2066`,
    "`${7*7}` {{7*7}} <%= 7 %>",
  ];
  test.each(HOSTILE)("a name such as %s is shown as text", async (name) => {
    const { host, code } = await waiting({}, { name });
    const { text } = await page(`/v2/knocks/${code}`);
    const tags = [...text.matchAll(/<(\/?\w+)[^>]*>/g)].map(([, tag]) => tag);
    const harmless = await waiting({}, { name: "plain" });
    const plain = await page(`/v2/knocks/${harmless.code}`);
    expect(tags).toEqual([...plain.text.matchAll(/<(\/?\w+)[^>]*>/g)].map(([, tag]) => tag));
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    // The same name comes back as who decided, and on the page of a refusal.
    await rest.post(`/v2/knocks/${code}`, { decision: "deny", name });
    await host.event("entry-responded", named("guest"));
    const after = [
      await page(`/v2/knocks/${code}`),
      await page(`/v2/knocks/${code}/answer`, { decision: "allow" }),
    ];
    for (const { text: shown } of after) {
      expect(shown).toContain("Denied");
      expect(shown).not.toMatch(/<(script|img|form)|on(error|focus)=['"]/);
    }
  });

  test("links are made by those who may decide, for their own app, room and participant", async () => {
    const { roomId, at } = await waiting();
    const make = (token: string, id = "guest") => rest.post(`${at}/lobby/${id}/link`, {}, { token });
    expect((await make(backEnd({ roomId }))).status).toBe(200);
    expect((await make(backEnd({ participantId: "guest" }))).status).toBe(200);
    expect(await make(otherBackEnd())).toMatchObject(refusedAs(404, "room_unknown"));
    expect(await make(backEnd({ roomId: "elsewhere" }))).toMatchObject(refusedAs(403, "room_mismatch"));
    expect(await make(backEnd({ participantId: "host" }))).toMatchObject(
      refusedAs(403, "participant_mismatch"),
    );
    for (const id of ["host", "nobody"])
      expect(await make(backEnd(), id)).toMatchObject(refusedAs(404, "knock_unknown", "participantId"));
  });
});
