/** What an OpenAPI 3.1 document is, as far as ours has it. */
import type { Schema } from "./json-schema.js";
import type { Access } from "../route.js";

/** Something that is sent, by its content type. */
export type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/** One parameter of a path, a query or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

/** One answer of an operation. */
export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
  /** Empty: there is no body. */
  readonly content: Content;
}

/** An answer that is told once for many operations. */
export interface ResponseRef {
  readonly $ref: string;
}

/** A method of a path. */
export interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly operationId: string;
  /** Empty: no token is needed. Not there: what the whole document asks. */
  readonly security?: readonly Readonly<Record<string, readonly []>>[];
  /** Which tokens may call, in our own word for it. */
  readonly "x-access": Access;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response | ResponseRef>>;
}

/** The document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: Readonly<Record<"title" | "version" | "description", string>> & {
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly security: readonly [{ readonly token: readonly [] }];
  readonly tags: readonly { readonly name: string }[];
  /** Path -> method -> operation. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}
