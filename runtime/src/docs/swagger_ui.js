const docs = document.getElementById("docs");
const absolute = (path) => new URL(path, location.href).href;

// As light or dark as the reader's system.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  domNode: docs,
  url: absolute(docs.dataset.document),
  oauth2RedirectUrl: absolute(docs.dataset.redirect),
  deepLinking: true,
  // The document is not sent to a validator elsewhere.
  validatorUrl: null,
});

// With `?watch`, which only people who change the document ask for: another document loads the page again.
if (new URLSearchParams(location.search).has("watch")) {
  const read = async () => (await fetch(absolute(docs.dataset.document), { cache: "no-store" })).text();
  // Where nothing answers, it is asked again.
  const shown = read().catch(() => null);
  setInterval(async () => {
    const [before, now] = [await shown, await read().catch(() => null)];
    if (now !== null && now !== before) {
      location.reload();
    }
  }, 1000);
}
