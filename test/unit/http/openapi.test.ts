/** The document as a document: current, whole, and OpenAPI 3.1. That the API does what it says is `api-document.test.ts`. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { REFUSALS } from "../../../src/protocol/refusals.js";
import { startTestNode } from "../../support/node.js";
import type { RunningNode } from "../../../src/server.js";
import { ApiCheck, codesOf } from "../../support/api-check.js";
import { asJson, asList, type Json } from "../../support/peer.js";

const read = (): unknown =>
  JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8"));
const document = asJson(read());
const check = new ApiCheck(document);
const routes = check.routes.map((route) => ({ ...route, name: `${route.method} ${route.path}` }));

/** Access -> its scheme in the document, and what shows it in an example; every other access is the scope of an API token. */
const SHOWN: Readonly<Record<string, readonly [string | null, string]>> = {
  public: [null, "curl"],
  read: ["token", "Authorization: $TOKEN"],
  decide: ["token", "Authorization: $TOKEN"],
  moderate: ["token", "Authorization: $TOKEN"],
  credentials: ["credentials", "-u &quot;$API_KEY:$API_SECRET&quot;"],
  admin: ["admin", "Authorization: Bearer $ADMIN_TOKEN"],
};

/** Every object in a value, the value itself included. */
function objectsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== "object" || value === null) return [];
  const object = asJson(value);
  return [object, ...Object.values(object).flatMap(objectsIn)];
}

describe("the OpenAPI document", () => {
  let node: RunningNode;
  let served: Json;
  let page: string;
  beforeAll(async () => {
    node = await startTestNode();
    const at = `http://127.0.0.1:${node.port}`;
    served = asJson(await (await fetch(`${at}/openapi.json`)).json());
    page = await (await fetch(`${at}/docs`)).text();
  });
  afterAll(() => node.close());

  test("docs/openapi.json is what a node serves", () => {
    // Stale? Run `npm run openapi` (or `node .config/openapi.mjs`) and commit the file.
    const hint = "docs/openapi.json is stale: run `npm run openapi`";
    expect(JSON.stringify(served) === JSON.stringify(document) ? "current" : hint).toBe("current");
  });

  test("names its version, its licence, its tags and its usual way to authenticate", () => {
    expect(document).toMatchObject({
      openapi: "3.1.0",
      info: { title: expect.any(String), version: expect.any(String), license: { identifier: "Apache-2.0" } },
      security: [{ token: [] }],
      components: { securitySchemes: { token: { type: "apiKey", in: "header", name: "Authorization" } } },
    });
    const tags = asList(document["tags"]).map((tag) => asJson(tag)["name"]);
    const used = new Set(routes.flatMap(({ operation }) => asList(operation["tags"])));
    expect([...tags].sort()).toEqual([...used].sort());
  });

  test("every reference leads somewhere", () => {
    const refs = objectsIn(document).filter((one) => typeof one["$ref"] === "string");
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of refs)
      expect([ref["$ref"], check.resolve(ref)]).toEqual([ref["$ref"], expect.any(Object)]);
  });

  test("nothing is kept under a name that nobody refers to", () => {
    const used = new Set(objectsIn(document).map((one) => one["$ref"]));
    for (const kind of ["schemas", "responses"]) {
      for (const name of Object.keys(asJson(asJson(document["components"])[kind])))
        expect(used).toContain(`#/components/${kind}/${name}`);
    }
  });

  test("operation ids are there, and each is one operation", () => {
    const ids = routes.map(({ operation }) => operation["operationId"]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
  });

  test.each(routes)(
    "$name: parameters, body and answers are well formed",
    ({ path, method, operation, answers, silent }) => {
      const parameters = asList(operation["parameters"]).map(asJson);
      const inPath = parameters.filter((one) => one["in"] === "path");
      expect(inPath.map(({ name }) => name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      );
      for (const one of inPath) expect(one["required"]).toBe(true);
      const names = parameters.map((one) => `${String(one["in"])} ${String(one["name"])}`);
      expect(new Set(names).size).toBe(names.length);
      for (const one of parameters) check.compile(asJson(one["schema"]));
      const { requestBody } = operation;
      if (method === "get") expect(requestBody).toBeUndefined();
      const contents = requestBody === undefined ? [] : Object.values(asJson(asJson(requestBody)["content"]));
      for (const media of contents) check.compile(asJson(asJson(media)["schema"]));
      for (const { schema } of answers) check.compile(schema);
      expect(operation["summary"]).toMatch(/^[A-Z]/);
      const statuses = [...silent, ...answers.map(({ status }) => status)];
      expect(statuses.filter((status) => status < 300)).toEqual([silent.length === 0 ? 200 : 204]);
    },
  );

  test("answers are closed: an object that lists its members takes no others, and only some take any", () => {
    const open = new Set<string>();
    const visit = (schema: Json, at: string): void => {
      const target = check.resolve(schema);
      if (target !== schema) return;
      const { properties, additionalProperties } = schema;
      if (schema["type"] === "object" && additionalProperties !== false) open.add(at.split(".").at(-1) ?? at);
      for (const [name, one] of Object.entries(asJson(properties ?? {}))) visit(asJson(one), `${at}.${name}`);
      for (const one of [schema["items"], ...[schema["anyOf"], schema["oneOf"]].flat()])
        if (typeof one === "object" && one !== null && !Array.isArray(one)) visit(asJson(one), at);
    };
    for (const [name, schema] of Object.entries(asJson(asJson(document["components"])["schemas"])))
      visit(asJson(schema), name);
    for (const { path, answers } of routes)
      for (const { status, schema, contentType } of answers)
        if (status === 200 && contentType === "application/json") visit(schema, path);
    // Maps by names that others choose, JWKs, and what is passed on as it came.
    const maps = ["ConferenceTokens", "keys", "values"];
    const passedOn = ["/openapi.json", "details", "header", "json", "metaData", "payload", "result", "value"];
    const allowed = [...maps, ...passedOn];
    expect(
      [...open].filter((name) => !allowed.some((one) => one === name || one.endsWith(`.${name}`))),
    ).toEqual([]);
    for (const name of ["details", "metaData", "payload"]) expect(open).toContain(name);
  });

  test("every reason that a route gives has its own status in the table", () => {
    for (const { name, answers } of routes) {
      for (const { status, schema } of answers) {
        const codes = codesOf({ method: "", path: "", status, contentType: "", schema });
        for (const code of codes)
          expect([name, code, Reflect.get(Object(Reflect.get(REFUSALS, code)), "http")]).toEqual([
            name,
            code,
            status,
          ]);
      }
    }
  });

  test.each(routes)("$name: what it asks for stands in the document, and in the example", ({ operation }) => {
    const access = String(operation["x-access"]);
    const [scheme, example] = SHOWN[access] ?? ["apiToken", "Authorization: Bearer $API_TOKEN"];
    const asked = operation["security"] ?? document["security"];
    expect(asked).toEqual(scheme === null ? [] : [{ [scheme]: [] }]);
    if (scheme !== null)
      expect(asJson(asJson(document["components"])["securitySchemes"])).toHaveProperty(scheme);
    const article = page
      .split(`<article id="${String(operation["operationId"])}">`)[1]
      ?.split("</article>")[0];
    const curl = /<pre>(.*?)<\/pre>/s.exec(article ?? "")?.[1] ?? "";
    expect(curl).toContain(example);
    expect(curl.match(/Authorization:| -u /g) ?? []).toHaveLength(scheme === null ? 0 : 1);
  });

  test("the page tells of every route and every shape, asks for nothing from elsewhere, and runs no scripts", () => {
    for (const { operation, path } of routes) {
      expect(page).toContain(`<article id="${String(operation["operationId"])}">`);
      expect(page).toContain(`>${path}</code`);
    }
    for (const name of Object.keys(asJson(asJson(document["components"])["schemas"])))
      expect(page).toContain(`id="schema-${name}"`);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, anchor] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(anchor);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(| src=| on\w+="/);
    expect(page).toContain("prefers-color-scheme: dark");
  });
});
