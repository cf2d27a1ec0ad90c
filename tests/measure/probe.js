// In the page before its own scripts: the tasks that took long so far, the moment of the last input, and waiting for paint.
(() => {
  const probe = (self.__probe = { tasks: [], input: 0, first: null });
  const long = (list) => list.getEntries().forEach((entry) => probe.tasks.push([entry.startTime, entry.duration]));
  new PerformanceObserver(long).observe({ type: "longtask", buffered: true });
  for (const kind of ["keydown", "click"]) addEventListener(kind, (event) => (probe.input ||= event.timeStamp), true);

  // After the frame that shows what has just been changed.
  const painted = (then) => requestAnimationFrame(() => setTimeout(then, 0));

  // The moment when the first row is painted, also of the stock UI.
  const ROW = "[role=grid] tbody [role=row], tr[ng-repeat]";
  const arrival = new MutationObserver(() => {
    if (!document.querySelector(ROW)) return;
    arrival.disconnect();
    painted(() => (probe.first = performance.now()));
  });
  arrival.observe(document, { childList: true, subtree: true });

  // Which rows are there: ages go on by themselves, and are none of an answer's business. Nor are the rows beyond the first, which may
  // still be coming from the answer before.
  const FIRST = 5;
  const rows = () => document.querySelector("[role=grid] tbody");
  const shown = () => {
    const grid = rows().closest("[role=grid]");
    const each = [...rows().querySelectorAll("[role=row]")].slice(0, FIRST).map((row) => row.getAttribute("aria-rowindex") + row.querySelector("a")?.href);
    return grid.getAttribute("aria-rowcount") + each.join();
  };

  // Milliseconds from the next input to painted rows; null where the rows stay as they are. No events may come meanwhile.
  probe.arm = () => {
    probe.input = 0;
    const before = shown();
    probe.outcome = new Promise((done) => {
      const changed = () => {
        if (!probe.input || shown() === before) return;
        observer.disconnect();
        clearTimeout(patience);
        painted(() => done(performance.now() - probe.input));
      };
      const observer = new MutationObserver(changed);
      const patience = setTimeout(() => (observer.disconnect(), done(null)), 2000);
      observer.observe(rows().closest("[role=grid]"), { attributes: true, characterData: true, childList: true, subtree: true });
    });
  };

  // The same until there are rows at all, where another page stood before.
  probe.armForRows = () => {
    probe.input = 0;
    probe.outcome = new Promise((done) => {
      const until = performance.now() + 5000;
      const look = () => {
        if (probe.input && rows()?.querySelector("[role=row]")) setTimeout(() => done(performance.now() - probe.input), 0);
        else if (performance.now() < until) requestAnimationFrame(look);
        else done(null);
      };
      look();
    });
  };

  // Scrolls the table to and fro at 3,000 px/s, however long a frame takes; the time of each frame.
  probe.scroll = (millis) =>
    new Promise((done) => {
      const box = document.querySelector("[role=grid]").parentElement;
      const frames = [];
      let [last, direction] = [performance.now(), 1];
      const end = last + millis;
      const frame = (now) => {
        const took = Math.max(now - last, 0);
        frames.push(took);
        last = now;
        if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) direction = -1;
        if (box.scrollTop <= 0) direction = 1;
        box.scrollTop += direction * 3 * took;
        now < end ? requestAnimationFrame(frame) : done(frames);
      };
      requestAnimationFrame(frame);
    });

  // Turns the page into one of static rows that scrolls alike: a copy of what is shown, which no code knows, with as many copies of
  // the rows as are scrolled through.
  const MOST = 1000;
  probe.freeze = () => {
    const body = document.body.cloneNode(true);
    const list = body.querySelector("[role=grid] tbody");
    const copied = [...list.querySelectorAll("[role=row]")];
    const count = Math.min(Number(list.closest("[role=grid]").getAttribute("aria-rowcount")) - 1, MOST);
    const repeated = Array.from({ length: count }, (_, at) => copied[at % copied.length].cloneNode(true));
    list.replaceChildren(...repeated);
    document.body.replaceWith(body);
    body.querySelector("[role=grid]").parentElement.scrollTop = 0;
  };
})();
