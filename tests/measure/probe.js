// In the page before its own scripts: the tasks that took long so far, the moment of the last input, and waiting for paint.
(() => {
  const probe = (self.__probe = { tasks: [], input: 0 });
  const long = (list) => list.getEntries().forEach((entry) => probe.tasks.push([entry.startTime, entry.duration]));
  new PerformanceObserver(long).observe({ type: "longtask", buffered: true });
  for (const kind of ["keydown", "click"]) addEventListener(kind, (event) => (probe.input ||= event.timeStamp), true);

  // After the frame that shows what has just been changed.
  const painted = (then) => requestAnimationFrame(() => setTimeout(then, 0));

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

  // Scrolls the table to and fro; the time of each frame.
  probe.scroll = (millis) =>
    new Promise((done) => {
      const box = document.querySelector("[role=grid]").parentElement;
      const frames = [];
      let [last, step] = [performance.now(), 50];
      const end = last + millis;
      const frame = (now) => {
        frames.push(now - last);
        last = now;
        if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) step = -50;
        if (box.scrollTop <= 0) step = 50;
        box.scrollTop += step;
        now < end ? requestAnimationFrame(frame) : done(frames);
      };
      requestAnimationFrame(frame);
    });
})();
