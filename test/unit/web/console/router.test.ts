/** Addresses of the console's pages. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { addressOf, readAddress, ROOM_PARTS, type Route } from "../../../../src/web/console/state/router.js";

const id = fc.string({ minLength: 1, maxLength: 30, unit: "binary" });
const routes: fc.Arbitrary<Route> = fc.oneof(
  fc
    .constantFrom(...(["rooms", "sessions", "webhooks", "revocations", "inspect", "apps", "nodes"] as const))
    .map((page) => ({ page })),
  fc.record({ page: fc.constant("room" as const), roomId: id, part: fc.constantFrom(...ROOM_PARTS) }),
  fc.record({ page: fc.constant("session" as const), sessionId: id }),
  fc.record({ page: fc.constant("mint" as const), roomId: fc.option(id) }),
  fc.record({ page: fc.constant("webhook" as const), id }),
  fc.record({ page: fc.constant("app" as const), id }),
);

describe("the addresses of the console", () => {
  test("lead back to the page and the app that they were made of, whatever the ids hold", () => {
    fc.assert(
      fc.property(routes, fc.option(id), (route, app) => {
        expect(readAddress(addressOf(route, app))).toEqual({ route, app });
      }),
    );
  });

  test.each<[string, Route]>([
    ["/console", { page: "rooms" }],
    ["/console/", { page: "rooms" }],
    ["/console/rooms", { page: "rooms" }],
    ["/console/rooms/abcd-efgh", { page: "room", roomId: "abcd-efgh", part: "now" }],
    ["/console/rooms/abcd-efgh/settings", { page: "room", roomId: "abcd-efgh", part: "settings" }],
    ["/console/apps/school", { page: "app", id: "school" }],
  ])("%s is a page", (path, route) => {
    expect(readAddress(path).route).toEqual(route);
  });

  test.each([
    "/console/elsewhere",
    "/console/rooms/a/b",
    "/console/rooms/a/settings/more",
    "/console/nodes/n1",
    "/console/apps/a/b",
    "/console/rooms/%ff",
    "/elsewhere",
  ])("%s is none, and is not taken for another", (path) => {
    expect(readAddress(path).route).toEqual({ page: "unknown", path });
  });

  test("an address without an app names none", () => {
    expect(readAddress("/console/rooms?page=2").app).toBeNull();
    expect(addressOf({ page: "rooms" }, null)).toBe("/console/rooms");
  });
});
