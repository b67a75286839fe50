import { describe, expect, test } from "@jest/globals";
import { API_SCOPES, SESSION_SCOPES, grantScopes, readScopes } from "../../../src/tokens/scopes.js";

describe("what is asked for", () => {
  test.each([
    ["*", API_SCOPES],
    ["comms:*", API_SCOPES],
    ["comms:conf:*", ["comms:conf:create", "comms:conf:admin", "comms:conf:destroy"]],
    ["comms:remix:* comms:conf:create", ["comms:conf:create", "comms:remix:read", "comms:remix:write"]],
    ["comms:conf:admin comms:conf:create", ["comms:conf:create", "comms:conf:admin"]],
    ["  comms:conf:admin\n\tcomms:conf:admin ", ["comms:conf:admin"]],
    ["comms:conf:admin comms:conf:fly", ["comms:conf:admin"]],
  ])("%j is granted as far as it is known, each once", (text, granted) => {
    expect(grantScopes(text, API_SCOPES)).toEqual(granted);
  });

  test.each([
    "",
    " ",
    "comms",
    "comms:",
    "comms:conf",
    "comms:conf*",
    "comms:co*",
    ":*",
    "**",
    "*:*",
    "COMMS:*",
    "conf:create",
  ])("%j is nothing that is known", (text) => expect(grantScopes(text, API_SCOPES)).toEqual([]));

  test("clients have scopes of their own", () => {
    expect(grantScopes("*", SESSION_SCOPES)).toEqual(SESSION_SCOPES);
    expect(grantScopes("conf:* comms:*", SESSION_SCOPES)).toEqual(["conf:create"]);
  });
});

describe("what a token of ours names", () => {
  test("is taken word by word: nothing in it stands for more", () => {
    expect(readScopes(API_SCOPES.join(" "), API_SCOPES)).toEqual(API_SCOPES);
    for (const text of ["", "*", "comms:*", "comms:conf:*", "comms:conf", "conf:create"]) {
      expect(readScopes(text, API_SCOPES)).toEqual([]);
    }
  });
});
