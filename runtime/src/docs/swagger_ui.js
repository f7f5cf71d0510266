const docs = document.getElementById("docs");
const absolute = (path) => new URL(path, location.href).href;

SwaggerUIBundle({
  domNode: docs,
  url: absolute(docs.dataset.document),
  oauth2RedirectUrl: absolute(docs.dataset.redirect),
  deepLinking: true,
  // The document is not sent to a validator elsewhere.
  validatorUrl: null,
});
