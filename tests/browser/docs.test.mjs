// The docs in a browser: they show the document, call the live server, and load nothing from elsewhere.
//
// Needs `buildflow-gen` built, and a Chromium: `CHROMIUM` names it, by default /usr/bin/chromium. With `SCREENSHOTS`
// set to a folder, each test leaves a picture there.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = fileURLToPath(new URL(".", import.meta.url));
const program = process.env.BUILDFLOW_GEN ?? "buildflow-gen";
const quiet = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
  "disable-component-update", "disable-sync"];

let server, browser, url;

/** Starts `buildflow-gen serve`, and waits until it listens. */
function serve() {
  const command = ["serve", "shelter.yaml", "visits.yaml", "--bind", "127.0.0.1:0"];
  const work = process.env.WORK_DIR ? ["--work-dir", process.env.WORK_DIR] : [];
  server = spawn(program, [...command, ...work], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr.on("data", (text) => {
      log += text;
      const listening = log.match(/listening on (http:\S+)/);
      if (listening) resolve(listening[1]);
    });
    server.on("exit", () => reject(new Error(`the server ended:\n${log}`)));
  });
}

// Compiling the server may take minutes.
before(start, { timeout: 900_000 });

async function start() {
  url = await serve();
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: quiet.map((flag) => `--${flag}`) });
}

after(async () => {
  await browser?.close();
  server?.removeAllListeners("exit").kill();
});

/** Opens a page, and notes what it asks of other machines and what it complains of. */
async function open(path) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
  const elsewhere = [];
  const complaints = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) elsewhere.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url + path);
  return { page, elsewhere, complaints };
}

async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
}

/** Opens an operation of Swagger UI for a request. */
async function tryOut(page, operation) {
  const block = page.locator(`[id="operations-animals-${operation}"]`);
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  return block;
}

/** Sends the request; its status, and the answer as the page shows it. */
async function execute(block) {
  const answered = block.page().waitForResponse((response) => response.url().includes("/shelter/animals"));
  await block.getByRole("button", { name: "Execute" }).click();
  const status = (await answered).status();
  const shown = block.locator(".live-responses-table .response", { hasText: `${status}` });
  return { status, text: await shown.innerText() };
}

/** Gives credentials for one scheme in the dialog. */
async function authorize(page, scheme, value) {
  await page.locator(".auth-wrapper > .authorize").click();
  const dialog = page.locator(".dialog-ux");
  const form = dialog.locator(".auth-container", { hasText: scheme });
  await form.locator("input").fill(value);
  await form.getByRole("button", { name: "Apply credentials" }).click();
  await dialog.locator(".btn-done").first().click();
}

test("Swagger UI shows the document and loads nothing from elsewhere", async () => {
  const { page, elsewhere, complaints } = await open("/shelter/docs");
  await page.locator(".opblock").first().waitFor();
  assert.match(await page.title(), /Animal shelter/);
  assert.equal(await page.locator(".opblock").count(), 3);
  assert.equal(await page.locator(".servers select").inputValue(), "../shelter");
  assert.match(await page.locator(".info").innerText(), /Animals that look for a home/);
  await picture(page, "swagger-ui");
  // The picture in the description is on another machine, and the policy keeps the page from it.
  assert.deepEqual(elsewhere.filter((asked) => !asked.includes("images.example")), []);
  assert.deepEqual(complaints.filter((text) => !text.includes("images.example")), []);
  assert.ok(complaints.some((text) => text.includes("Content Security Policy")), "the policy holds");
});

test("a request is made from the page, and its answer is shown", async () => {
  const { page } = await open("/shelter/docs");
  const block = await tryOut(page, "list_animals");
  await block.locator("input").fill("3");
  const answer = await execute(block);
  assert.equal(answer.status, 200);
  assert.match(answer.text, /"name": "Rex"/);
  assert.match(await block.locator(".request-url").innerText(), /\/shelter\/animals\?limit=3/);
  await picture(page, "try-it-out");
});

test("behind a proxy that takes a prefix away, requests from the page arrive", async () => {
  const proxy = createServer((asked, answer) => {
    const path = asked.url.replace(/^\/api\/v1/, "");
    const forwarded = request(url + path, { method: asked.method, headers: asked.headers }, (reply) => {
      answer.writeHead(path === asked.url ? 404 : reply.statusCode, reply.headers);
      reply.pipe(answer);
    });
    asked.pipe(forwarded);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
    await page.goto(`http://127.0.0.1:${proxy.address().port}/api/v1/shelter/docs`);
    const block = await tryOut(page, "list_animals");
    const answer = await execute(block);
    assert.equal(answer.status, 200);
    assert.match(await block.locator(".request-url").innerText(), /\/api\/v1\/shelter\/animals/);
    await picture(page, "behind-a-proxy");
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test("what the server refuses is shown with all its faults", async () => {
  const { page } = await open("/shelter/docs");
  await authorize(page, "token", "secret");
  const block = await tryOut(page, "add_animal");
  await block.locator("textarea").fill('{"id": "x", "name": ""}');
  const answer = await execute(block);
  assert.equal(answer.status, 422);
  assert.match(answer.text, /\/id/);
  assert.match(answer.text, /minLength/);
  await picture(page, "refused");
});

test("a bearer token is sent once it is given", async () => {
  const { page } = await open("/shelter/docs");
  const block = await tryOut(page, "add_animal");
  assert.equal((await execute(block)).status, 401);
  await authorize(page, "token", "secret");
  const answer = await execute(block);
  assert.equal(answer.status, 201);
  assert.match(await block.locator(".curl-command").innerText(), /Authorization: Bearer secret/);
  await picture(page, "bearer");
});

test("an API key is sent once it is given", async () => {
  const { page } = await open("/shelter/docs");
  const block = await tryOut(page, "give_animal");
  await block.locator("input").fill("7");
  assert.equal((await execute(block)).status, 401);
  await authorize(page, "key", "k-1");
  assert.equal((await execute(block)).status, 204);
  assert.match(await block.locator(".curl-command").innerText(), /X-Shelter-Key: k-1/);
  await picture(page, "api-key");
});

test("Redoc shows the document and loads nothing from elsewhere", async () => {
  const { page, elsewhere, complaints } = await open("/shelter/redoc");
  await page.getByRole("heading", { name: "List the animals." }).waitFor();
  assert.match(await page.title(), /Animal shelter/);
  await picture(page, "redoc");
  for (const summary of ["List the animals.", "Take in an animal.", "Give an animal away."]) {
    await page.getByRole("heading", { name: summary }).waitFor();
  }
  const known = /images\.example|cdn\.redoc\.ly/;
  assert.deepEqual(elsewhere.filter((asked) => !known.test(asked)), []);
  assert.deepEqual(complaints.filter((text) => !known.test(text)), []);
});

test("the flow's page leads to each service", async () => {
  const { page, elsewhere, complaints } = await open("/docs");
  assert.equal(await page.title(), "2 services");
  assert.equal(await page.locator("article").count(), 2);
  const visits = page.locator("article", { hasText: "Visits" });
  assert.match(await visits.innerText(), /When people come to see animals\.\s+Base route\s+\/visits\s+Operations\s+2/);
  assert.ok(!(await visits.innerText()).includes("second paragraph"));
  await picture(page, "flow");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "flow-dark");
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(background, "rgb(13, 17, 23)");
  await visits.getByRole("link", { name: "Swagger UI" }).click();
  await page.getByRole("heading", { name: /Visits/ }).waitFor();
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(complaints, []);
});

test("Swagger UI is as dark as the reader's system", async () => {
  const { page } = await open("/shelter/docs");
  await page.locator(".opblock").first().waitFor();
  const isDark = () => {
    const [red] = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).map(Number);
    return document.documentElement.classList.contains("dark-mode") && red < 64;
  };
  assert.equal(await page.evaluate(isDark), false);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(isDark);
  await picture(page, "swagger-ui-dark");
});

test("on a phone, no page is wider than the screen", async () => {
  for (const [path, shown] of [["/docs", "article"], ["/shelter/docs", ".opblock"], ["/shelter/redoc", "h2"]]) {
    const page = await browser.newPage({ viewport: { width: 375, height: 812 } });
    await page.goto(url + path);
    await page.locator(shown).first().waitFor();
    await picture(page, `phone${path.replaceAll("/", "-")}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 375, `${path} is ${width} pixels wide`);
    await page.close();
  }
});

test("with ?watch the page loads itself again when the document is another", async () => {
  const page = await browser.newPage();
  let title = "First";
  await page.route("**/openapi.json", async (route) => {
    const document = await (await route.fetch()).json();
    document.info.title = title;
    await route.fulfill({ json: document });
  });
  await page.goto(`${url}/shelter/docs?watch`);
  await page.getByRole("heading", { name: "First" }).waitFor();
  title = "Second";
  await page.getByRole("heading", { name: "Second" }).waitFor({ timeout: 10_000 });
  await page.goto(`${url}/shelter/docs`);
  await page.getByRole("heading", { name: "Second" }).waitFor();
  title = "Third";
  await page.waitForTimeout(2500);
  assert.equal(await page.getByRole("heading", { name: "Third" }).count(), 0);
  await page.close();
});
