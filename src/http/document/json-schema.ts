/** Shapes as JSON Schema (draft 2020-12, which OpenAPI 3.1 uses), with the named ones kept in one place. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { named } from "../api/shapes.js";

/** A schema that is an object. */
export type Schema = z.core.JSONSchema.BaseSchema;

/** Schemas of one document. */
export interface Schemas {
  /**
   * A shape as it is sent (`input`) or as it is read and answered (`output`); the named ones inside are referred to.
   *
   * @throws Error where a name would stand for two things
   */
  of(shape: z.ZodType, io: "input" | "output"): Schema;
  /** The schema itself, where this one only refers to a named one. */
  resolve(schema: Schema): Schema;
  /** All named schemas so far, by name. */
  named(): Readonly<Record<string, Schema>>;
}

const PREFIX = "#/components/schemas/";

/** Starts a collection. */
export function collectSchemas(): Schemas {
  const kept = new Map<string, Schema>();
  return {
    of(shape, io) {
      const { $defs = {}, ...whole } = z.toJSONSchema(shape, {
        metadata: named,
        io,
        unrepresentable: "any",
        target: "draft-2020-12",
        override: ({ zodSchema, jsonSchema }) => explain(zodSchema, jsonSchema),
      });
      for (const [name, one] of Object.entries($defs)) {
        const schema = hoisted(one);
        const before = kept.get(name);
        if (before !== undefined && !isDeepStrictEqual(before, schema)) {
          throw new Error(`the name ${name} stands for two different schemas`);
        }
        kept.set(name, schema);
      }
      // The document names the dialect once, by its version.
      Reflect.deleteProperty(whole, "$schema");
      return hoisted(whole);
    },
    resolve: (schema) => kept.get(schema.$ref?.slice(PREFIX.length) ?? "") ?? schema,
    named: () => Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Descriptions are kept apart from the names, and the bounds of whole numbers go without saying. */
function explain(shape: z.core.$ZodType, schema: Schema): void {
  const description = z.globalRegistry.get(shape)?.description;
  if (description !== undefined && schema.$ref === undefined) schema.description ??= description;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

const schemaOf = z.custom<Schema>((value) => typeof value === "object" && value !== null);

/** Points references to where the named schemas are kept. */
function hoisted(value: unknown): Schema {
  const copy: unknown = JSON.parse(JSON.stringify(value), (key, member: unknown) =>
    key === "$ref" && typeof member === "string" ? member.replace(/^#\/\$defs\//, PREFIX) : member,
  );
  return schemaOf.parse(copy);
}

const objectSchema = z.object({
  properties: z.record(z.string(), schemaOf).default({}),
  required: z.array(z.string()).default([]),
});

/** The members of an object schema; none where it is not one. */
export function membersOf(of: Schema | undefined): Readonly<Record<string, Schema>> {
  return objectSchema.parse(of ?? {}).properties;
}

/** The members that an object schema requires. */
export function requiredOf(of: Schema | undefined): readonly string[] {
  return objectSchema.parse(of ?? {}).required;
}
