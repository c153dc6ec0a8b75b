"use strict";
// Every run of the page can be stepped through: slider, buttons, arrow keys. Step 0 is the initial state.
const runs = [...document.querySelectorAll("section.run")].map((section, number) => {
  const data = JSON.parse(section.querySelector("script").textContent);
  const last = data.rows.length - 1;
  const slider = section.querySelector("input");
  const says = section.querySelector(".says");
  const drawn = [...section.querySelectorAll("svg [class]")].flatMap((element) => {
    const step = [...element.classList].map((name) => /^s(\d+)$/.exec(name)).find(Boolean);
    return step ? [[element, Number(step[1])]] : [];
  });

  // The cell of a table, marked where it is not as it was before.
  function fill(row, now, before) {
    const cell = row.lastElementChild;
    cell.textContent = now;
    cell.classList.toggle("changed", before !== undefined && now !== before);
  }

  function recorded(step, index) {
    const snapshot = data.recorded[step];
    return snapshot === undefined ? undefined : snapshot[index];
  }

  function show(step) {
    step = Math.max(0, Math.min(last, step));
    slider.value = step;
    slider.setAttribute("aria-valuetext", data.says[step]);
    says.textContent = `${step} of ${last}: ${data.says[step]}`;
    for (const [element, made] of drawn) {
      const end = element.dataset.end;
      element.classList.toggle("later", made >= step);
      element.classList.toggle("now", made === step - 1);
      element.classList.toggle("flying", end !== undefined && made < step && Number(end) >= step);
    }
    section.querySelectorAll(".state tr").forEach((row, column) => {
      fill(row, data.rows[step][column], step ? data.rows[step - 1][column] : undefined);
    });
    section.querySelectorAll(".recorded tr").forEach((row, index) => {
      fill(row, recorded(step, index) ?? "", step ? recorded(step - 1, index) : undefined);
    });
    return step;
  }

  const run = { section, step: last, go(step) { run.step = show(step); active = run; } };
  slider.addEventListener("input", () => run.go(Number(slider.value)));
  section.querySelector(".back").addEventListener("click", () => run.go(run.step - 1));
  section.querySelector(".on").addEventListener("click", () => run.go(run.step + 1));
  section.addEventListener("pointerdown", () => { active = run; });
  const asked = new RegExp(`^#run-${number + 1}-step-(\\d+)$`).exec(location.hash);
  run.step = show(asked ? Number(asked[1]) : last);
  return run;
});
let active = runs[0];
document.addEventListener("keydown", (event) => {
  if (!active || event.altKey || event.ctrlKey || event.metaKey || event.target.tagName === "INPUT") return;
  const to = { ArrowLeft: active.step - 1, ArrowRight: active.step + 1, Home: 0, End: Infinity }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  active.go(to);
});
