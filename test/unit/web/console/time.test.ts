/** Times in words. */
import { describe, expect, test } from "@jest/globals";
import {
  distanceInWords,
  exact,
  fromInput,
  lengthOnClock,
  localTime,
  secondsInWords,
} from "../../../../src/web/console/words/time.js";

const NOW = Date.parse("2026-03-04T12:00:00.000Z");

describe("times in words", () => {
  test.each([
    [-180_000, "3 minutes ago"],
    [-1_000, "1 second ago"],
    [-999, "just now"],
    [0, "just now"],
    [999, "just now"],
    [59_999, "in 59 seconds"],
    [60_000, "in 1 minute"],
    [2 * 3_600_000 + 5, "in 2 hours"],
    [-25 * 3_600_000, "1 day ago"],
  ])("what is %d ms away is %s", (distance, words) => {
    expect(distanceInWords(NOW + distance, NOW)).toBe(words);
  });

  test.each([
    [0, "0:00"],
    [-5, "0:00"],
    [247_000, "4:07"],
    [3_729_999, "1:02:09"],
    [36_000_000, "10:00:00"],
  ])("%d ms are %s on a clock", (length, words) => {
    expect(lengthOnClock(length)).toBe(words);
  });

  test("an instant of today is a clock time, another one has its day", () => {
    expect(localTime(NOW - 60_000, NOW, "UTC")).toBe("11:59:00");
    expect(localTime(NOW - 86_400_000, NOW, "UTC")).toBe("03 Mar 2026, 12:00:00");
  });

  test("today is the reader's today", () => {
    // 12:00 UTC is already the fifth of March on Kiritimati, where 9:59 UTC was the fourth.
    expect(localTime(NOW - 7_260_000, NOW, "Pacific/Kiritimati")).toBe("04 Mar 2026, 23:59:00");
    expect(localTime(NOW - 3_600_000, NOW, "Pacific/Kiritimati")).toBe("01:00:00");
  });

  test("the exact instant is the same for everybody", () => {
    expect(exact(NOW)).toBe("2026-03-04T12:00:00.000Z");
  });

  test.each([
    [90, "90 s"],
    [120, "2 min"],
    [3_600, "1 h"],
    [43_200, "12 h"],
    [604_800, "7 d"],
    [3_660, "61 min"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(secondsInWords(seconds)).toBe(words);
  });

  test("an empty input, or half of an instant, holds none", () => {
    expect(fromInput("")).toBeNull();
    expect(fromInput("tomorrow")).toBeNull();
    expect(fromInput("2026-03-04T12:00")).toBe(new Date(2026, 2, 4, 12).getTime());
  });
});
