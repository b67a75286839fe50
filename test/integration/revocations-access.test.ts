/** Revocations over REST: what they take, how they are listed, and how far a token of a narrow scope reaches. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { asking, signed } from "../support/admin.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { refusedAs, REST_TOPOLOGIES } from "../support/rest.js";
import { OWN, Revoking, type App } from "../support/revoking.js";

const HOST = ["allow_join", "allow_mod"] as const;

describe.each(REST_TOPOLOGIES)("the revocations of an app, %s", (topology) => {
  const on = new Revoking(topology);

  test("the list: newest first, in pages, the same for the operator and the customer, on every node", async () => {
    const { app } = await on.opened();
    const ids: unknown[] = [];
    for (let at = 0; at < 5; at += 1)
      ids.unshift((await on.asAdmin("POST", app.id, { type: "token", jti: `j${at}` })).body["id"]);
    const again = await on.asAdmin("POST", app.id, { type: "token", jti: "j0", note: "once more" });
    expect(ids).toContain(again.body["id"]);
    const whole = await asking(on.gateway.second, on.backEnd(app), "GET", OWN);
    expect(whole.body["pageInfo"]).toEqual({ currentPage: 1, perPage: 20, lastPage: 1, total: 5 });
    const listed = asList(whole.body["data"]).map(asJson);
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(listed.map(({ at }) => at)).toEqual(
      listed
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect((await on.asAdmin("GET", app.id)).body["data"]).toEqual(listed);
    const pages: unknown[] = [];
    for (const page of [1, 2, 3, 4]) {
      const { body } = await on.asAdmin("GET", app.id, undefined, `?page=${page}&perPage=2`);
      expect(body["pageInfo"]).toEqual({ currentPage: page, perPage: 2, lastPage: 3, total: 5 });
      pages.push(...asList(body["data"]));
    }
    expect(pages).toEqual(listed);
    expect(await on.asAdmin("GET", app.id, undefined, "?perPage=0")).toMatchObject(
      refusedAs(400, "invalid_parameter", "perPage"),
    );
  });

  const WRONG: readonly (readonly [string, Json, string])[] = [
    ["no type", {}, "type"],
    ["a type that there is not", { type: "some" }, "type"],
    ["a token without a name", { type: "token" }, "jti"],
    ["a token with two", { type: "token", jti: "x", token: "y" }, "jti"],
    ["an empty name", { type: "token", jti: "" }, "jti"],
    ["an end that is no time", { type: "token", jti: "x", expiresAt: "soon" }, "expiresAt"],
    ["an end beside a token", { type: "token", token: "x", expiresAt: 9e12 }, "expiresAt"],
    ["nobody", { type: "participant" }, "participantId"],
    ["nowhere", { type: "participant", participantId: "a", roomId: "" }, "roomId"],
    ["a key without a name", { type: "key" }, "apiKey"],
    ["a key with two", { type: "key", apiKey: "a", issuer: "b" }, "apiKey"],
    ["a time without an offset", { type: "all", before: "2026-11-21T12:00:00" }, "before"],
    ["a time that is none", { type: "all", before: "tomorrow" }, "before"],
    ["a note without end", { type: "all", note: "x".repeat(513) }, "note"],
  ];
  test.each(WRONG)("refuses %s, and names the field", async (_what, body, field) => {
    const { app } = await on.opened();
    const refused = refusedAs(400, "invalid_parameter", field);
    expect(await on.ask(on.backEnd(app), "POST", OWN, body)).toMatchObject(refused);
    expect(await on.asAdmin("POST", app.id, body)).toMatchObject(refused);
    expect(await on.list(on.backEnd(app))).toEqual([]);
  });

  test("the tokens of tomorrow are nobody's yet: a minute ahead, for clocks that differ, and no more", async () => {
    const { app } = await on.opened();
    const body = { type: "participant", participantId: "a" };
    const ahead = (ms: number): string => new Date(Date.now() + ms).toISOString();
    const refused = refusedAs(400, "invalid_parameter", "before");
    expect(await on.asAdmin("POST", app.id, { ...body, before: ahead(70_000) })).toMatchObject(refused);
    expect(await on.asAdmin("POST", app.id, { ...body, before: Date.now() + 70_000 })).toMatchObject(refused);
    expect((await on.asAdmin("POST", app.id, { ...body, before: ahead(50_000) })).status).toBe(200);
  });

  test("a key, an identity provider and an app that there are not", async () => {
    const [{ app }, { app: other }] = [await on.opened(), await on.opened()];
    const caller = on.backEnd(app);
    for (const apiKey of ["nobody", other.apiKey, "test-key"])
      expect(await on.ask(caller, "POST", OWN, { type: "key", apiKey })).toMatchObject(
        refusedAs(404, "api_key_unknown", "apiKey"),
      );
    expect(await on.ask(caller, "POST", OWN, { type: "key", issuer: "https://nobody" })).toMatchObject(
      refusedAs(404, "api_key_unknown", "issuer"),
    );
    const refused = refusedAs(404, "app_unknown", "app");
    expect(await on.asAdmin("GET", "nobody")).toMatchObject(refused);
    expect(await on.asAdmin("POST", "nobody", { type: "all" })).toMatchObject(refused);
    expect(await on.asAdmin("DELETE", "nobody", undefined, "/x")).toMatchObject(refused);
  });

  describe("a token for one room, one participant, or both", () => {
    let app: App;
    let room: string;
    const ids: Record<"token" | "everywhere" | "elsewhere" | "ann" | "bob", string> = {
      token: "",
      everywhere: "",
      elsewhere: "",
      ann: "",
      bob: "",
    };
    beforeAll(async () => {
      ({ app, room } = await on.opened());
      const before = Date.now() - 600_000;
      const ofAnn = { type: "participant", participantId: "ann", before };
      const bodies = {
        token: { type: "token", jti: "x" },
        everywhere: ofAnn,
        elsewhere: { ...ofAnn, roomId: "elsewhere" },
        ann: { ...ofAnn, roomId: room },
        bob: { ...ofAnn, participantId: "bob", roomId: room },
      };
      for (const name of ["token", "everywhere", "elsewhere", "ann", "bob"] as const)
        ids[name] = String((await on.asAdmin("POST", app.id, bodies[name])).body["id"]);
    });
    interface Scope {
      readonly room?: boolean;
      readonly participantId?: string;
    }
    const SCOPES: readonly (readonly [string, Scope, readonly (keyof typeof ids)[]])[] = [
      ["one room", { room: true }, ["ann", "bob"]],
      ["one participant", { participantId: "ann" }, ["everywhere", "elsewhere", "ann"]],
      ["both", { room: true, participantId: "ann" }, ["ann"]],
    ];
    const scoped = ({ room: isRoom, participantId }: Scope): string =>
      on.backEnd(app, {
        ...(isRoom === true ? { roomId: room } : {}),
        ...(participantId === undefined ? {} : { participantId }),
      });

    test.each(SCOPES)("%s: sees and lifts what is for it alone", async (_what, scope, visible) => {
      const caller = scoped(scope);
      const seen = (await on.list(caller)).map(({ id }) => id);
      expect(seen.toSorted()).toEqual(visible.map((name) => ids[name]).toSorted());
      for (const [name, id] of Object.entries(ids)) {
        if (visible.some((one) => one === name)) continue;
        // As unknown as one that there is not.
        const [came, never] = [
          await on.ask(caller, "DELETE", `${OWN}/${id}`),
          await on.ask(caller, "DELETE", `${OWN}/none`),
        ];
        expect(came).toMatchObject(refusedAs(404, "revocation_unknown", "id"));
        expect(came.body).toEqual(never.body);
      }
      expect((await on.list(on.backEnd(app))).length).toBe(5);
    });

    test.each(SCOPES)("%s: revokes what is for it alone", async (_what, scope) => {
      const caller = scoped(scope);
      const isRoom = "room" in scope;
      const isPerson = "participantId" in scope;
      const wrongRoom = refusedAs(403, "room_mismatch", "roomId");
      const wrongPerson = refusedAs(403, "participant_mismatch", "participantId");
      const before = Date.now() - 600_000;
      const person = (participantId: string, roomId?: string) =>
        on.ask(caller, "POST", OWN, {
          type: "participant",
          participantId,
          before,
          ...(roomId === undefined ? {} : { roomId }),
        });
      for (const body of [
        { type: "token", jti: "x" },
        { type: "token", token: "no token" },
        { type: "key", apiKey: app.apiKey },
        { type: "key", apiKey: "nobody" },
        { type: "all" },
      ])
        expect(await on.ask(caller, "POST", OWN, body)).toMatchObject(isRoom ? wrongRoom : wrongPerson);
      expect((await person("ann", room)).status).toBe(200);
      expect(await person("ann")).toMatchObject(isRoom ? wrongRoom : { status: 200 });
      expect(await person("ann", "elsewhere")).toMatchObject(isRoom ? wrongRoom : { status: 200 });
      expect(await person("bob", room)).toMatchObject(isPerson ? wrongPerson : { status: 200 });
    });

    test("lifts what is for it", async () => {
      const caller = scoped({ room: true, participantId: "ann" });
      expect((await on.ask(caller, "DELETE", `${OWN}/${ids.ann}`)).status).toBe(200);
      expect(await on.list(caller)).toEqual([]);
    });
  });

  test("a token that may be in a guest's hands needs allow_mod", async () => {
    const { app } = await on.opened();
    for (const permissions of [["allow_join"], ["ask_join"]] as const) {
      const both = signed(app, { permissions, roles: ["rtc", "crawler"] });
      expect(await on.ask(both, "GET", OWN)).toMatchObject(refusedAs(403, "not_permitted", "permissions"));
      expect(await on.ask(both, "POST", OWN, { type: "all" })).toMatchObject(refusedAs(403, "not_permitted"));
      expect(await on.ask(both, "DELETE", `${OWN}/x`)).toMatchObject(refusedAs(403, "not_permitted"));
    }
    const moderator = signed(app, { permissions: HOST, roles: ["rtc", "crawler"] });
    expect((await on.ask(moderator, "GET", OWN)).status).toBe(200);
  });
});
