/** The API's own JSON Schemas, taken apart for forms: what kind of field a schema asks for. */
import { read } from "../lib/api.js";

/** @typedef {Record<string, any>} Schema */
/**
 * @typedef {object} Kind
 * @property {"choice" | "truth" | "number" | "text" | "object" | "map" | "list" | "variants" | "any"} kind
 * @property {boolean} nullable
 * @property {Schema} schema without references and without null
 * @property {any[]} [values] of a choice
 * @property {string} [by] of variants: the property that tells them apart
 * @property {boolean} [listed] of any: whether a list of plain values is one of the kinds
 * @property {boolean} [single] of any: whether a number alone is one
 */

/** The document of the API, with ways into it. */
export class Document {
  /** @param {any} json */
  constructor(json) {
    this.json = json;
  }

  /** @returns {Promise<Document>} */
  static async load() {
    return new Document(await read("/schema/openapi.json"));
  }

  /**
   * The schema of what an operation takes.
   * @param {string} path
   * @returns {Schema}
   */
  body(path) {
    const { content } = this.json.paths[path].post.requestBody;
    const form = content["multipart/form-data"];
    return this.whole(form ? form.schema.properties.metadata : content["application/json"].schema);
  }

  /**
   * A schema with its reference followed; what stands beside the reference counts first.
   * @param {Schema} schema
   * @returns {Schema}
   */
  whole(schema) {
    if (!schema.$ref) return schema;
    const { $ref, ...beside } = schema;
    const target = $ref.split("/").slice(1).reduce((/** @type {any} */ at, /** @type {string} */ step) => at[step], this.json);
    return { ...this.whole(target), ...beside };
  }

  /**
   * What kind of field a schema asks for.
   * @param {Schema} given
   * @returns {Kind}
   */
  kind(given) {
    const outer = this.whole(given);
    const options = (outer.anyOf ?? []).map((/** @type {Schema} */ one) => this.whole(one));
    const nullable = options.some((/** @type {Schema} */ one) => one.type === "null");
    const real = options.filter((/** @type {Schema} */ one) => one.type !== "null");
    const { anyOf: _, ...beside } = outer;
    if (real.length === 1) return { ...this.kind({ ...real[0], ...beside }), nullable };
    const schema = outer;
    if (real.length > 1) {
      const kinds = real.map((/** @type {Schema} */ one) => ofOne(one).kind);
      return { kind: "any", nullable, schema, listed: kinds.includes("list"), single: kinds.includes("number") };
    }
    return { ...ofOne(schema), nullable, schema };
  }
}

/**
 * @param {Schema} schema
 * @returns {{kind: Kind["kind"], values?: any[], by?: string}}
 */
function ofOne(schema) {
  if (schema.oneOf && schema.discriminator) return { kind: "variants", by: schema.discriminator.propertyName };
  if (schema.enum || "const" in schema) return { kind: "choice", values: schema.enum ?? [schema.const] };
  if (schema.type === "boolean") return { kind: "truth" };
  if (schema.type === "integer" || schema.type === "number") return { kind: "number" };
  if (schema.type === "string") return { kind: "text" };
  if (schema.type === "array") return { kind: "list" };
  if (schema.type === "object" && schema.properties) return { kind: "object" };
  if (schema.type === "object") return { kind: "map" };
  return { kind: "any" };
}

/**
 * What a property is called on the page: `max_samples` is "max samples".
 * @param {string} name
 * @returns {string}
 */
export function titleOf(name) {
  return name.replaceAll("_", " ");
}

/**
 * What somebody has typed where a list may stand beside other kinds of values: `3,14,15` is one, and so is a number where
 * none may stand alone.
 * @param {string} text
 * @param {{listed?: boolean, single?: boolean}} found
 * @returns {any}
 */
export function typedOrListed(text, found) {
  const value = typed(text);
  if (!found.listed || (typeof value === "object" && value !== null)) return value;
  if (text.includes(",")) return parts(text);
  return typeof value === "number" && !found.single ? [value] : value;
}

/**
 * The values of a list that is written in one line, with or without brackets.
 * @param {string} text
 * @returns {any[]}
 */
export function parts(text) {
  const whole = typed(text);
  if (Array.isArray(whole)) return whole;
  return text.replace(/,\s*$/, "").split(",").map((part) => typed(part.trim()));
}

/**
 * What somebody has typed where a schema allows several kinds of values: JSON, or else a text.
 * @param {string} text
 * @returns {any}
 */
export function typed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
