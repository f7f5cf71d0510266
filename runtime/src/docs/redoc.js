const docs = document.getElementById("docs");

fetch(docs.dataset.document)
  .then((answer) => answer.json())
  .then((api) => {
    // Redoc refuses versions after 3.1; what is new in 3.2 it does not show.
    if (api.openapi.startsWith("3.2")) {
      api.openapi = "3.1.1";
    }
    Redoc.init(api, {}, docs);
  });
