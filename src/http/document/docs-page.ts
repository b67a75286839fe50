/** The API for people: one page, made from the OpenAPI document, without scripts. */
import { credentialsSection, shownAs } from "./docs-access.js";
import {
  codesEverywhere,
  codesOf,
  contentOf,
  errorTable,
  type CodesEverywhere,
  type Entry,
} from "./docs-errors.js";
import { exampleOf, meaningOf, memberTable, prose, typeWords, type Named } from "./docs-schema.js";
import { DOCS_STYLE } from "./docs-style.js";
import type { Schema } from "./json-schema.js";
import { schemeOf } from "./openapi-access.js";
import type { OpenApiDocument, Operation, Parameter, Response, ResponseRef } from "./openapi-types.js";
import { markup, page, type Html } from "../page.js";

/** The page. */
export function docsPage(document: OpenApiDocument): string {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => {
      const responses = Object.entries(operation.responses).map(
        ([status, one]) => [status, resolved(one, document)] as const,
      );
      return { path, method, operation, responses: Object.fromEntries(responses) };
    }),
  );
  const { schemas } = document.components;
  const everywhere = codesEverywhere(entries);
  const sections = document.tags.map(({ name }) => ({
    name,
    entries: entries.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const body = markup`<div class="frame">
    <nav aria-label="Contents">
      <input type="checkbox" id="menu" /><label for="menu">Contents</label>
      <div>
        <ul>
          <li><a href="#start">Getting started</a></li>
          <li><a href="#access">What to show</a></li>
          <li><a href="#errors">Errors</a></li>
        </ul>
        ${sections.map(
          (section) =>
            markup`<h2>${section.name}</h2>
              <ul>
                ${section.entries.map(
                  ({ operation }) =>
                    markup`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
                )}
              </ul>`,
        )}
        <h2>Shapes</h2>
        <ul>
          ${Object.keys(schemas).map((name) => markup`<li><a href="#schema-${name}">${name}</a></li>`)}
        </ul>
      </div>
    </nav>
    <main>
      ${introduction(document)} ${credentialsSection()} ${errorsSection(everywhere, schemas)}
      ${sections.map(
        (section) =>
          markup`<h2>${section.name}</h2>
            ${section.entries.map((entry) => article(entry, schemas, everywhere))}`,
      )}
      <h2>Shapes</h2>
      ${Object.entries(schemas).map(
        ([name, schema]) =>
          markup`<article id="schema-${name}">
            <h3>${name}</h3>
            ${schema.description === undefined ? markup`` : paragraphs(schema.description)}${memberTable(schema, { asked: false })}
          </article> `,
      )}
    </main>
  </div>`;
  return page({ title: `${document.info.title}: REST API`, style: DOCS_STYLE, body });
}

function resolved(response: Response | ResponseRef, { components }: OpenApiDocument): Response {
  if (!("$ref" in response)) return response;
  const name = response.$ref.slice("#/components/responses/".length);
  return components.responses[name] ?? { description: "", content: {} };
}

function introduction({ info }: OpenApiDocument): Html {
  return markup`<h1 id="start">${info.title} <small>REST API, version ${info.version}</small></h1>
    ${paragraphs(info.description)}
    <p>
      Most routes take a token that your own back end signs; <code>admitone token --role crawler</code> makes
      one. <a href="#access">What else there is to show</a>, and the same things as a document for programs:
      <a href="openapi.json">openapi.json</a>.
    </p>
    <pre>curl -H "Authorization: $TOKEN" http://localhost:8080/v2/rooms</pre>`;
}

function paragraphs(text: string): Html {
  return markup`${text.split("\n\n").map((one) => markup`<p>${prose(one)}</p>`)}`;
}

function errorsSection(everywhere: CodesEverywhere, schemas: Named): Html {
  return markup`<h2 id="errors">Errors</h2>
    <article>
      <p>
        Every error has this body; match on <code>code</code>, and find the member at fault in
        <code>field</code>. After 429 and 503 the same request may succeed later.
      </p>
      ${memberTable(schemas["Error"] ?? {}, { asked: false })}
      <p>
        Token endpoints and conference calls add what OAuth and Dolby.io's clients look for, and have a word
        of the RFCs in <code>error</code>: <a href="#schema-TokenError">TokenError</a>.
      </p>
      ${[...everywhere].map(
        ([scheme, codes]) =>
          markup`<h4>Any route that asks for ${shownAs(scheme).name} may answer</h4>
            ${errorTable([...codes])}`,
      )}
    </article>`;
}

function article(entry: Entry, schemas: Named, everywhere: CodesEverywhere): Html {
  const { path, method, operation, responses } = entry;
  const about = operation.description.split("\n\n").slice(0, -1).join("\n\n");
  const isRoute = responses["500"] !== undefined;
  const common = everywhere.get(schemeOf(operation["x-access"]));
  const own = codesOf(responses).filter((code) => common?.has(code) !== true);
  const { content = {}, headers = {} } = responses["200"] ?? responses["204"] ?? {};
  const access = operation.description.split("\n\n").at(-1) ?? "";
  return markup`<article id="${operation.operationId}">
    <h3><a href="#${operation.operationId}">${operation.summary}</a></h3>
    <div class="line">
      <span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code
      ><span class="access">${operation["x-access"]}</span>
    </div>
    ${
      isRoute
        ? markup`${about === "" ? markup`` : paragraphs(about)}
            <p>${prose(access)}</p>`
        : paragraphs(operation.description)
    }
    ${parameterTable(operation.parameters)} ${bodyTable(operation)}
    <h4>Example</h4>
    <pre>${curl(entry, schemas)}</pre>
    <h4>Answer</h4>
    ${answerShape(contentOf(content))} ${headerTable(headers)} ${isRoute ? errorsOf(entry, own) : markup``}
  </article> `;
}

function parameterTable(parameters: readonly Parameter[]): Html {
  if (parameters.length === 0) return markup``;
  return markup`<h4>Parameters</h4>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th>Name</th>
            <th>Type</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          ${parameters.map(
            ({ name, in: place, required, description, schema }) =>
              markup`<tr><td><code>${name}</code> <em${
                required ? markup` class="must"` : markup``
              }>${place}${required ? ", required" : ""}</em></td><td>${typeWords(schema)}</td><td>${meaningOf(schema, description)}</td></tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function bodyTable({ requestBody }: Operation): Html {
  if (requestBody === undefined) return markup``;
  const { type, schema } = contentOf(requestBody.content);
  const form = type === "application/json" ? "" : ", as a form";
  return markup`<h4>Body${requestBody.required ? "" : ", may be missing"}${form}</h4>
    ${memberTable(schema, { asked: true })}`;
}

function answerShape({ type, schema }: { readonly type: string; readonly schema: Schema }): Html {
  if (type === "") return markup`<p><code>204</code>, without a body</p>`;
  if (type !== "application/json") return markup`<p><code>${type}</code></p>`;
  return markup`<p>${typeWords(schema)}</p>
    ${memberTable(schema, { asked: false })}`;
}

function headerTable(headers: NonNullable<Response["headers"]>): Html {
  return markup`${Object.entries(headers).map(
    ([name, { description }]) => markup`<p>Header <code>${name}</code>: ${prose(description)}</p>`,
  )}`;
}

function errorsOf({ operation, responses }: Entry, own: readonly string[]): Html {
  if (operation["x-access"] !== "public") {
    const { name } = shownAs(schemeOf(operation["x-access"]));
    const rest = markup`<p>${own.length === 0 ? "Only" : "And"} <a href="#errors">those of every route that asks for ${name}</a>.</p>`;
    return markup`<h4>Errors</h4>${own.length === 0 ? markup`` : errorTable(own)}${rest}`;
  }
  const codes = codesOf(responses);
  if (codes.length > 0) return markup`<h4>Errors</h4>${errorTable(codes)}`;
  const pages = Object.entries(responses).filter(([status]) => status !== "200");
  return markup`<h4>Errors, as pages</h4>
    ${pages.map(([status, { description }]) => markup`<p><code>${status}</code> ${prose(description)}</p>`)}`;
}

function curl({ path, method, operation }: Entry, schemas: Named): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const usual: Readonly<Record<string, string>> = { id: "abcd-efgh-ijkl", participantId: "alice" };
    return usual[name] ?? name.toUpperCase();
  });
  const lines = [
    `curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} http://localhost:8080${filled}`,
  ];
  lines.push(...shownAs(schemeOf(operation["x-access"])).curl);
  if (operation.requestBody !== undefined) {
    const { type, schema } = contentOf(operation.requestBody.content);
    const example = exampleOf(schema, schemas);
    if (type === "application/json") lines.push(`-d '${JSON.stringify(example)}'`);
    else for (const [name, value] of Object.entries(example ?? {})) lines.push(`-d ${name}=${String(value)}`);
  }
  return lines.join(" \\\n  ");
}
