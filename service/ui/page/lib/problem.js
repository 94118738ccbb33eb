/** What went wrong, as the API says it (RFC 9457). */

/** @typedef {{pointer: string, detail: string}} FieldError */

export class Problem extends Error {
  /**
   * @param {number} status 0 when there was no answer at all
   * @param {string} title
   * @param {string} [detail]
   * @param {FieldError[]} [errors] wrong fields of a request
   * @param {string} [type]
   * @param {string | null} [analysis] an analysis that an audit was not asked for
   */
  constructor(status, title, detail = "", errors = [], type = "", analysis = null) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.analysis = analysis;
    /** @type {string} the last part of the problem's type, such as `not-found` */
    this.slug = type.slice(type.lastIndexOf("/") + 1);
  }
}

/**
 * Take an answer that is none for a problem.
 * @param {number} status
 * @param {string} text the body
 * @returns {Problem}
 */
export function problemOf(status, text) {
  try {
    const body = JSON.parse(text);
    return new Problem(status, body.title ?? `Status ${status}`, body.detail, body.errors, body.type, body.analysis);
  } catch {
    return new Problem(status, `The service answered ${status}`);
  }
}

/**
 * Any error as a problem.
 * @param {unknown} error
 * @returns {Problem}
 */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return new Problem(0, "The service does not answer", String(error.message));
  return new Problem(0, "Something went wrong in this page", String(error));
}
