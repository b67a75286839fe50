/** Refusals in the form of RFC 6749, whatever the reason. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { oauthError, type ShownInOAuth } from "../../../src/http/oauth-error.js";
import { REFUSALS, refuse, type Reason, type Refusal } from "../../../src/protocol/refusals.js";

/** RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, RFC 7009 section 2.2.1. */
const WORDS = [
  "invalid_request",
  "invalid_client",
  "unsupported_grant_type",
  "invalid_scope",
  "invalid_token",
  "insufficient_scope",
  "unsupported_token_type",
  "access_denied",
  "server_error",
  "temporarily_unavailable",
];
const REASONS = Object.keys(REFUSALS).filter((name): name is Reason => Object.hasOwn(REFUSALS, name));
const SHOWN = ["client", "token"] as const satisfies readonly ShownInOAuth[];

const anyRefusal: fc.Arbitrary<Refusal> = fc
  .record({
    reason: fc.constantFrom(...REASONS),
    field: fc.string({ unit: "binary" }),
    problem: fc.string({ unit: "binary" }),
  })
  .map(({ reason, field, problem }) => refuse(reason, { field, details: { problem, needs: problem } }));

describe("refusals in OAuth's form", () => {
  test("have a word of the RFCs and a text of printable ASCII, whatever stands in them", () => {
    fc.assert(
      fc.property(anyRefusal, fc.constantFrom(...SHOWN), (refusal, shown) => {
        const { error, error_description, message, status, type } = oauthError(refusal, shown);
        expect(WORDS).toContain(error);
        expect(error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
        expect([message, type, status]).toEqual([
          error_description,
          "ErrorResponse",
          REFUSALS[refusal.reason].http,
        ]);
      }),
    );
  });

  const ROWS: readonly (readonly [Refusal, ShownInOAuth, string, number, string])[] = [
    [refuse("credentials_invalid"), "client", "invalid_client", 4_439, "The key or the secret is not right"],
    [refuse("key_deactivated"), "client", "invalid_client", 4_053, "The key is deactivated"],
    [refuse("key_deactivated"), "token", "invalid_token", 89, "Token is invalid or expired"],
    [
      refuse("token_expired", { field: "exp" }),
      "token",
      "invalid_token",
      89,
      "Token is invalid or expired: exp",
    ],
    [
      refuse("scope_missing", { details: { needs: "comms:conf:admin" } }),
      "token",
      "insufficient_scope",
      114,
      "The token does not have the scope that this needs: comms:conf:admin",
    ],
    [
      refuse("invalid_parameter", { field: "alias", details: { problem: 'expected "text"' } }),
      "token",
      "invalid_request",
      90,
      "A field is missing or not valid: alias expected 'text'",
    ],
    [
      refuse("token_too_large", { details: { bytes: 2_085, limit: 2_048, over: 37, shorten: "externalId" } }),
      "token",
      "invalid_request",
      90,
      "The token would be too large: it would have 2085 bytes, 37 more than 2048; shorten externalId",
    ],
    [refuse("room_unknown"), "token", "invalid_request", 4_003, "There is no such room"],
    [refuse("room_locked"), "token", "access_denied", 4_403, "The room is locked"],
    [
      refuse("unavailable"),
      "client",
      "temporarily_unavailable",
      4_503,
      "The store cannot be reached; try again",
    ],
    [refuse("internal_error"), "client", "server_error", 4_000, "Something went wrong on the server"],
  ];
  test.each(ROWS)("%j to who shows a %s", (refusal, shown, error, error_code, error_description) => {
    expect(oauthError(refusal, shown)).toMatchObject({ error, error_code, error_description });
  });
});
