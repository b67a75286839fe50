/** The admission record of real meetings: over REST as pages and as files, and at the command line. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createAdmissions } from "../../src/admissions/admissions.js";
import { runAdmissions } from "../../src/cli/admissions.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import { checkedFetch } from "../support/api-check.js";
import { APPS, Backend, appToken, crawler } from "../support/backend.js";
import { away, breakable } from "../support/faulty-store.js";
import { startTestNode, token, type Topology } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";
import { RecordedRoom } from "../unit/admissions/support.js";
import { Desk } from "../unit/cli/support.js";

/** A line of the record as the tests look at it. */
const short = (entry: unknown): string => {
  const { what, participantId, decidedBy, rule, reason, token } = asJson(entry);
  const by = decidedBy === null ? {} : asJson(decidedBy);
  const words = [participantId, what, by["participantId"] ?? by["kind"], rule, reason];
  const jti = token === null ? null : asJson(token)["jti"];
  return [...words, jti].filter((word) => typeof word === "string").join(" ");
};

describe.each(["embedded", "Redis, two nodes"] as const satisfies readonly Topology[])("%s", (topology) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await Backend.start(topology);
  });
  afterAll(() => backend.close());

  const enter = async (
    roomId: string,
    participantId: string,
    permissions: "host" | "guest",
  ): Promise<Peer> => {
    const rights = permissions === "host" ? (["allow_join", "allow_mod"] as const) : (["ask_join"] as const);
    const claims = { permissions: rights, participantId, roomId, jti: `jti-of-${participantId}` };
    const token = appToken(0, claims);
    const { peer, reply } = await Peer.join(backend.gateway.first, {
      token,
      roomId,
      name: `=${participantId}`,
    });
    expect(reply["ok"]).toBe(true);
    return peer;
  };
  const room = async (settings: Json = {}): Promise<string> =>
    String((await backend.post(JSON.stringify(settings))).body["roomId"]);
  const page = async (roomId: string, query = "", token = crawler()): Promise<Json> =>
    (await backend.get(`/v2/rooms/${roomId}/admissions${query}`, token, backend.gateway.second)).body;
  const file = (target: string, authorization = crawler()): Promise<Response> =>
    checkedFetch(`http://127.0.0.1:${backend.gateway.second.port}/v2/rooms/${target}`, {
      headers: { authorization },
    });

  /** A meeting that is over: who knocked was admitted by the host, and came back. */
  const meeting = async (settings: Json = {}): Promise<{ roomId: string; sessionId: string }> => {
    const roomId = await room(settings);
    const host = await enter(roomId, "host", "host");
    const sessionId = String((await host.room())["sessionId"]);
    const guest = await enter(roomId, "guest", "guest");
    await host.ask({ type: "admit", participantId: "guest" });
    await guest.room();
    await guest.ask({ type: "leave" });
    const again = await enter(roomId, "guest", "guest");
    await host.ask({ type: "remove", participantId: "guest" });
    await again.ended();
    await host.ask({ type: "leave" });
    return { roomId, sessionId };
  };
  const MEETING = [
    "host joined rule token jti-of-host",
    "guest knocked jti-of-guest",
    "guest admitted host jti-of-guest",
    "guest joined host jti-of-guest",
    "guest left guest MANUAL_LEAVE_CALLED jti-of-guest",
    "guest joined rule earlier jti-of-guest",
    "guest left host REMOVE_PEER jti-of-guest",
    "host left host MANUAL_LEAVE_CALLED jti-of-host",
  ];

  test("Q1, Q3: a meeting's record is what happened, asked at either node at once", async () => {
    const { roomId, sessionId } = await meeting();
    const { entries, next, roomId: named } = await page(roomId);
    expect(asList(entries).map(short)).toEqual(MEETING);
    expect({ next, named }).toEqual({ next: null, named: roomId });
    const [first, knock] = asList(entries).map(asJson);
    expect(first).toMatchObject({ roomId, sessionId, name: "=host", epoch: expect.any(String) });
    expect(asJson(knock?.["token"])).toEqual({
      ...{ kind: "customer", key: APPS[0].keys[0].apiKey, secretId: expect.any(String), jti: "jti-of-guest" },
      ...{ issuedAt: expect.stringMatching(/T.*Z$/), expiresAt: expect.stringMatching(/T.*Z$/) },
    });
  });

  test("Q10: pages, and bounds in both spellings", async () => {
    const { roomId } = await meeting();
    const all = asList((await page(roomId))["entries"]).map(asJson);
    const read: unknown[] = [];
    let after = "";
    do {
      const { entries, next } = await page(roomId, `?limit=3${after}`);
      read.push(...asList(entries));
      after = typeof next === "string" ? `&after=${encodeURIComponent(next)}` : "";
    } while (after !== "");
    expect(read).toEqual(all);
    const at = String(all[3]?.["at"]);
    const since = all.filter((entry) => String(entry["at"]) >= at);
    const until = all.filter((entry) => String(entry["at"]) <= at);
    for (const time of [encodeURIComponent(at), Date.parse(at)]) {
      expect((await page(roomId, `?from=${time}`))["entries"]).toEqual(since);
      expect((await page(roomId, `?to=${time}`))["entries"]).toEqual(until);
    }
  });

  test.each(["?from=yesterday", "?to=2026-08-31", "?limit=0", "?limit=501", "?after=x", "?from=1&from=2"])(
    "Q10: %s is refused",
    async (query) => {
      const roomId = await room();
      const name = /\w+/.exec(query)?.[0];
      expect(await page(roomId, query)).toMatchObject({ code: "invalid_parameter", field: name });
    },
  );

  test("Q11: JSON Lines: the same entries, one a line, as a file", async () => {
    const { roomId } = await meeting();
    const response = await file(`${roomId}/admissions.jsonl`);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="admissions-${roomId}.jsonl"`,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    const text = await response.text();
    expect(text.endsWith("\n")).toBe(true);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual((await page(roomId))["entries"]);
  });

  test("Q11: CSV: a heading, a row for each entry, and nothing that a spreadsheet would calculate", async () => {
    const { roomId } = await meeting();
    const response = await file(`${roomId}/admissions.csv`);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="admissions-${roomId}.csv"`,
    );
    const rows = (await response.text()).split("\r\n");
    expect(rows).toHaveLength(1 + MEETING.length + 1);
    expect(rows[0]?.split(",").slice(0, 4)).toEqual(["at", "what", "participantId", "name"]);
    expect(rows[2]?.split(",").slice(1, 4)).toEqual(["knocked", "guest", "'=guest"]);
    expect(rows.at(-1)).toBe("");
    const none = await file(`${roomId}/admissions.csv?from=${Date.now() + 60_000}`);
    expect((await none.text()).split("\r\n")).toEqual([rows[0], ""]);
  });

  test("Q8: a token sees its own app's record, and one for a room that room's only", async () => {
    const { roomId } = await meeting({ customRoomId: `by-its-name-${topology.length}` });
    const elsewhere = await room();
    const other = appToken(1, { roles: ["crawler"] });
    for (const ending of ["", ".jsonl", ".csv"]) {
      const read = async (token: string, id = roomId) => {
        const response = await file(`${id}/admissions${ending}`, token);
        return response.ok ? "read" : asJson(await response.json())["code"];
      };
      expect(await read(crawler({ roomId }))).toBe("read");
      expect(await read(crawler(), `by-its-name-${topology.length}`)).toBe("read");
      expect(await read(crawler({ roomId: elsewhere }))).toBe("room_mismatch");
      expect(await read(crawler({ participantId: "guest" }))).toBe("participant_mismatch");
      expect(await read(other)).toBe("room_unknown");
      expect(await read(crawler(), "no-such-room")).toBe("room_unknown");
      expect(await read(appToken(0))).toBe("not_permitted");
      expect(await read(appToken(0, { permissions: ["allow_mod"] }))).toBe("read");
    }
  });

  describe("at the command line", () => {
    const run = async (...args: string[]) => {
      const desk = new Desk({ credentials: APPS[0].keys[0] });
      const url = `http://127.0.0.1:${backend.gateway.second.port}`;
      const exit = await runAdmissions([...args, "--url", url], { ...desk.parts, now: Date.now });
      return { exit, out: desk.out.text, err: desk.err.text };
    };

    test("Q11: the files are what the API gives", async () => {
      const { roomId } = await meeting();
      for (const format of ["jsonl", "csv"]) {
        const { exit, out, err } = await run(roomId, "--format", format);
        expect({ exit, err }).toEqual({ exit: 0, err: "" });
        expect(out).toBe(await (await file(`${roomId}/admissions.${format}`)).text());
      }
    });

    test("a line for each entry, with the gateway's own key or a token that is given", async () => {
      const { roomId } = await meeting();
      const { exit, out } = await run(roomId);
      expect(exit).toBe(0);
      expect(out.trimEnd().split("\n")).toHaveLength(1 + MEETING.length);
      expect(out).toMatch(/ admitted +=guest \(guest\) +key-one, jti-of-guest +by =host \(host\)\n/);
      expect(await run(roomId, "--token", crawler())).toEqual({ exit, out, err: "" });
      expect((await run(roomId, "--token", appToken(1, { roles: ["crawler"] }))).err).toContain(
        "room_unknown",
      );
    });

    test("a room that is not there", async () => {
      for (const format of ["text", "jsonl", "csv"]) {
        const { exit, out, err } = await run("no-such-room", "--format", format);
        expect({ exit, out }).toEqual({ exit: 1, out: "" });
        expect(err).toContain("room_unknown");
      }
    });
  });
});

describe("what only one node can show", () => {
  let closing: () => Promise<void> = () => Promise.resolve();
  afterEach(() => closing());
  const world = async () => {
    const store = breakable(createMemoryStore({ now: Date.now }));
    const node = await startTestNode({}, { store });
    const admissions = createAdmissions({ records: store.records, retentionMs: 0 });
    /** A record of a room that the log does not know. */
    const forgotten = (name: string): RecordedRoom =>
      new RecordedRoom(store.records, admissions, {
        app: "default",
        name,
        settings: { maxParticipants: 2_000 },
      });
    const get = (target: string): Promise<Response> =>
      checkedFetch(`http://127.0.0.1:${node.port}/v2/rooms/${target}`, {
        headers: { authorization: token({ permissions: ["allow_mod"], roles: ["crawler"] }) },
      });
    closing = async () => {
      store.mend();
      await node.close();
      await store.close();
    };
    return { store, forgotten, get };
  };

  test("Q10: the record of a room that is forgotten is read by its id", async () => {
    const { forgotten, get } = await world();
    await forgotten("gone").then((it) => it.join("ann"));
    for (const ending of ["", ".jsonl", ".csv"]) {
      const response = await get(`gone/admissions${ending}`);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("name of ann");
      expect((await get(`another/admissions${ending}`)).status).toBe(404);
    }
  });

  test("Q11: an export is sent as it is read, and one that breaks off ends without its end", async () => {
    const { store, forgotten, get } = await world();
    const room = forgotten("gone");
    for (let guest = 0; guest < 1_200; guest += 1) room.room.join(`guest-${guest}`);
    await room.follow();
    const whole = await (await get("gone/admissions.jsonl")).text();
    expect(whole.trimEnd().split("\n")).toHaveLength(1_200);
    let reads = 0;
    store.faults.before = (_call, subject) => {
      // The first page takes two reads; the store is away when the next is read.
      if (subject === "admissions:texts:default:gone" && (reads += 1) > 2) throw away();
    };
    await expect(get("gone/admissions.jsonl").then((response) => response.text())).rejects.toThrow();
    store.mend();
    store.faults.before = (_call, subject) => {
      if (subject === "admissions:texts:default:gone") throw away();
    };
    const response = await get("gone/admissions.csv");
    expect([response.status, response.headers.get("content-disposition")]).toEqual([503, null]);
  });
});
