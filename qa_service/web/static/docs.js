// The API reference. `validatorUrl: null` keeps Swagger UI from showing the document to a validator elsewhere.
window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
});
