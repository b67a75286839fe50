/** `docs/server-kit.md` lists what there is. */
import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import type { WebhookReason } from "../../../src/kit/webhook-verifier.js";
import { Scripted } from "./support.js";

const guide = readFileSync(new URL("../../../docs/server-kit.md", import.meta.url), "utf8");
/** The table behind a heading cell: first cell -> the rest of its row. */
function tableOf(heading: string): ReadonlyMap<string, string> {
  const lines = guide.split("\n");
  const begin = lines.findIndex((line) => new RegExp(`^\\| ${heading} +\\|`).test(line));
  const rest = lines.slice(begin + 2);
  const rows = rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith("|")),
  );
  return new Map(rows.map((row) => [/`(\w+)/.exec(row)?.[1] ?? "", row.split("|").slice(2).join("|")]));
}

describe("the guide of the server kit", () => {
  test("lists every part of the client with all of its methods", () => {
    const { client } = new Scripted([]);
    const parts = Object.entries(client).map(([name, part]): [string, string[]] => {
      const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(part));
      return [name, methods.filter((method) => method !== "constructor").sort()];
    });
    const listed = [...tableOf("Part")].map(([name, row]): [string, string[]] => [
      name,
      Array.from(row.matchAll(/`(\w+)`/g), ([, method = ""]) => method).sort(),
    ]);
    expect(new Map(listed)).toEqual(new Map(parts));
  });

  test("lists every reason for which a message is not taken", () => {
    const reasons: Record<WebhookReason, true> = {
      ...{ headers_malformed: true, signature_invalid: true, too_old: true, too_new: true },
      body_malformed: true,
    };
    expect([...tableOf("`reason`").keys()].sort()).toEqual(Object.keys(reasons).sort());
  });
});
