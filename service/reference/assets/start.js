"use strict";

// Swagger UI has dark colours for a class of the root, and leaves it to the page when to set it.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// Of every free text the document says that NUL is refused; Swagger UI would make up random signs that fit that pattern
// as its examples. Without it a text's example is "string".
const DOCUMENT = "/schema/openapi.json";
const NO_NUL = "^[^\\x00]*$";
const withoutNoNul = (key, value) => (key === "pattern" && value === NO_NUL ? undefined : value);
const readable = (answer) => {
  if (answer.ok && new URL(answer.url, location.href).pathname === DOCUMENT) {
    answer.text = JSON.stringify(JSON.parse(answer.text, withoutNoNul));
  }
  return answer;
};

window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: DOCUMENT,
    responseInterceptor: readable,
    dom_id: "#reference",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    filter: true,
    persistAuthorization: false, // a key is forgotten with the page
    validatorUrl: null, // nothing is sent anywhere else
  });
});
