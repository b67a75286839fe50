/** The admin token of a link, on its way into the page. */
import { describe, expect, test } from "@jest/globals";
import { takeFragmentToken } from "../../../../src/web/console/state/surroundings.js";

/** An address bar, and what became of it. */
function addressBar(hash: string) {
  const replaced: string[] = [];
  const location = { hash, pathname: "/console/apps", search: "?app=school" };
  const history = {
    replaceState: (_data: unknown, _unused: string, url: unknown) => replaced.push(String(url)),
  };
  return { replaced, taken: takeFragmentToken({ location, history }) };
}

describe("the token of a link", () => {
  test("is taken off the address, and the rest of it stays", () => {
    const { taken, replaced } = addressBar("#token=an-admin%20token");
    expect(taken).toBe("an-admin token");
    expect(replaced).toEqual(["/console/apps?app=school"]);
  });

  test.each(["", "#", "#token=", "#page"])("is not there with %j, and the address stays as it is", (hash) => {
    expect(addressBar(hash)).toEqual({ taken: null, replaced: [] });
  });
});
