import { expect, test } from "@jest/globals";
import { tellTokenRefresh } from "../../../src/cli/tell-stay.js";

const refresh = (mark: string, policy: string) => ({
  mark,
  policy,
  expiresAt: Date.UTC(2026, 0, 1, 12, 30),
  isExpired: mark === "expired",
});
const told = (mark: string, policy: string) => tellTokenRefresh(refresh(mark, policy), "UTC");

test.each([
  ["restrict", "from then on you hear all, but can only leave or refresh"],
  ["leave", "then you are out"],
])(
  "under %s people are told until when their token is good, what happens then, and what to type",
  (policy, then) => {
    for (const [mark, tone] of [
      ["three-quarters", "ask"],
      ["last-minute", "bad"],
    ] as const) {
      const what = `your token is good until 12:30:00; ${then}. Type: refresh <token>`;
      expect(told(mark, policy)).toEqual({ who: "you", what, tone });
    }
  },
);

test("nobody is troubled at half of the time, at the expiry itself, or where it changes nothing", () => {
  for (const policy of ["restrict", "leave"])
    for (const mark of ["half", "expired"]) expect(told(mark, policy)).toBeNull();
  for (const mark of ["half", "three-quarters", "last-minute", "expired"])
    expect(told(mark, "stay")).toBeNull();
});
