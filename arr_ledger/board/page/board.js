// Sums the additive marts under the filters and draws the sections of one board.
// Money is whole cents until it is written; a rate is rounded once, from exact sums.
"use strict";
(function () {
  const all = window.arrLedger;
  const { header, board } = all;
  const columns = all.cubes.columns;
  const minus = "\u2212";
  const nbsp = "\u00a0";
  const symbol = header.symbol;
  const lastMonth = header.months[header.months.length - 1];
  const gains = ["new", "reactivation", "expansion"];
  const losses = ["contraction", "churn"];
  const names = {
    opening_balance: "Opening balance", new: "New", reactivation: "Reactivation",
    expansion: "Expansion", contraction: "Contraction", churn: "Churn", fx: "Exchange rates",
    transfer: "Transfer",
  };
  const monthNames = ["January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"];

  // ---- how values are written ----
  const signed = (text, value, always) =>
    !/[1-9]/.test(text) ? text : value < 0 ? minus + text : always && value > 0 ? "+" + text : text;
  const whole = (number) => Math.round(Math.abs(number)).toLocaleString("en-US");
  const money = (cents) => (cents === null ? "–" : signed(symbol + whole(cents / 100), cents));
  const change = (cents) => (cents === null ? "–" : signed(symbol + whole(cents / 100), cents, true));
  const units = [[1e11, "bn"], [1e8, "m"], [1e5, "k"], [100, ""]];
  const unitOf = (cents) => units.find(([size]) => Math.abs(cents) >= size) || units[units.length - 1];
  // the smaller unit where the largest change would have a single digit left
  const unitOfSteps = (level, largest) => {
    const at = units.indexOf(unitOf(level));
    return largest && largest < units[at][0] / 10 ? units[Math.min(at + 1, units.length - 1)] : units[at];
  };
  const letterOf = ([, letter]) => (letter ? nbsp + letter : "");
  const short = (cents, unit, always) => {
    if (!cents) return symbol + "0";
    const [size, letter] = unit || unitOf(cents);
    const digits = size === 100 ? 0 : size === 1e5 ? 1 : 2;
    const number = (Math.abs(cents) / size).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const text = symbol + number + letterOf([size, letter]);
    return signed(text, cents, always);
  };
  const rounded = (rate) => Math.round(rate * 1000 + (rate < 0 ? -1e-9 : 1e-9)) / 10;
  const share = (rate, always) => signed(Math.abs(rounded(rate)).toFixed(1) + nbsp + "%", rate, always);
  const percent = (rate) => (rate === null || rate === undefined ? "–" : share(rate));
  const points = (now, before) => {
    const difference = Math.round((rounded(now) - rounded(before)) * 10) / 10;
    return signed(Math.abs(difference).toFixed(1), difference, true) + nbsp + "points";
  };
  const count = (number) => (number === null ? "–" : signed(whole(number), number));
  const customersOf = (number) => count(number) + (number === 1 ? " customer" : " customers");
  const monthText = (iso) =>
    iso ? monthNames[+iso.slice(5, 7) - 1] + " " + iso.slice(0, 4) : "–";
  const dayText = (iso) =>
    iso ? +iso.slice(8, 10) + " " + monthText(iso) : "–";
  const forms = {
    text: (value) => (value === null ? "–" : String(value)), money, change, percent, count,
    points: (value) => (value === null ? "–" : signed(Math.abs(value * 100).toFixed(1), value, true)),
    date: dayText, month: monthText,
    // nothing in rows of totals
    level: (value) => (value === null ? "" : money(value)), level_count: (value) => (value === null ? "" : count(value)),
  };
  const numeric = ["money", "change", "percent", "points", "count", "level", "level_count"];

  // ---- elements; text is only ever text ----
  function make(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    for (const child of children) if (child !== null) element.append(child);
    return element;
  }

  // ---- the address holds the state ----
  const state = new URLSearchParams(location.hash.slice(1));
  const filters = () => columns.map((column) => state.get("f." + column));
  function choose(name, value) {
    if (value) state.set(name, value); else state.delete(name);
    const text = state.toString();
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
    draw();
  }
  window.addEventListener("hashchange", () => location.reload());

  // ---- sums ----
  function chosenSets() {
    const wanted = filters();
    return all.cubes.sets.map((set) => wanted.every((value, at) => !value || set[at] === value));
  }
  const monthsOf = (number) => {
    const at = header.months.length - 1 - number;
    return at >= 0 ? header.months[at] : null;
  };
  function retention(sets) {
    const months = new Map();
    for (const [month, set, base, net, gross, customers, kept] of all.cubes.retention) {
      if (!sets[set]) continue;
      const sum = months.get(month) || { base: 0, net: 0, gross: 0, customers: 0, kept: 0 };
      sum.base += base; sum.net += net; sum.gross += gross;
      sum.customers += customers; sum.kept += kept;
      months.set(month, sum);
    }
    return header.months.filter((month) => months.has(month)).map((month) => {
      const sum = months.get(month);
      const of = (part, whole_) => (whole_ > 0 ? part / whole_ : null);
      return {
        month, ...sum, ndr: of(sum.net, sum.base), grr: of(sum.gross, sum.base),
        logo: of(sum.kept, sum.customers), low: sum.customers < header.low_base,
      };
    });
  }
  function balances(sets) {
    const months = new Map(header.months.map((month) => [month, { month, arr: 0, customers: 0 }]));
    for (const [month, set, arr, customers] of all.cubes.arr) {
      if (sets[set] && months.has(month)) {
        months.get(month).arr += arr;
        months.get(month).customers += customers;
      }
    }
    return [...months.values()];
  }
  function movementsBetween(sets, from, to) {
    const sums = Object.fromEntries(header.movements.map((type) => [type, 0]));
    let before = 0;
    for (const [month, set, type, amount] of all.cubes.changes) {
      if (!sets[set]) continue;
      if (month < from) before += amount;
      else if (month <= to) sums[type] += amount;
    }
    return { beginning: before, sums };
  }

  function movementsOfEnds(sets, period) {
    const sums = Object.fromEntries(header.movements.map((type) => [type, 0]));
    for (const [at, set, type, amount] of all.longer.sums) {
      if (header.periods[at] === period && sets[set]) sums[header.movements[type]] += amount;
    }
    return sums;
  }

  // ---- charts ----
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", () => draw());
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const config = () => ({
    background: "transparent", font: css("--font"),
    view: { stroke: null },
    axis: {
      labelColor: css("--quiet"), gridColor: css("--line"), domainColor: css("--line"),
      tickColor: css("--line"), labelFontSize: 12, title: null, labelPadding: 6,
    },
    axisQuantitative: { labelOverlap: true, labelSeparation: 8 }, axisTemporal: { labelOverlap: true, labelSeparation: 8 },
    text: { fontSize: 12, color: css("--ink"), font: css("--font") },
    line: { strokeWidth: 2 },
    legend: { labelColor: css("--quiet"), title: null, orient: "top", labelFontSize: 12 },
    header: { labelColor: css("--ink"), title: null },
  });
  const charts = [];
  // room for a label to the right of the longest bar
  const withLabels = (element, longest) => {
    const room = Math.max((element.clientWidth || 600) - 150, 120);
    return longest * room / (room - 75);
  };
  // shown as text; a chart says what it is in the field named tip
  const tip = make("div", { class: "tip", "aria-hidden": "true" });
  const hideTip = () => { tip.hidden = true; };
  hideTip();
  document.body.append(tip);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
  document.addEventListener("scroll", hideTip);
  function showTip(_, event, item, given) {
    // the cell around the nearest month holds the mark, and the mark its row
    const value = given && item.isVoronoi ? item.datum.datum.tip : given;
    if (value === null || value === undefined || value === "") return hideTip();
    const lines = typeof value === "object" ? Object.entries(value).map((each) => each.join(": ")) : String(value).split("\n");
    tip.replaceChildren(...lines.map((line, at) => make(at ? "div" : "strong", {}, line)));
    tip.hidden = false;
    const { clientX, clientY } = event.changedTouches ? event.changedTouches[0] : event;
    const below = clientY + 16;
    tip.style.left = Math.max(8, Math.min(clientX + 12, window.innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = (below + tip.offsetHeight > window.innerHeight ? clientY - tip.offsetHeight - 12 : below) + "px";
  }
  const tipOf = (title, ...lines) => [title, ...lines.map(([name, text]) => name + ": " + text)].join("\n");
  const tipOfRow = (shown, row) => {
    const written = shown.map((column, at) => (forms[column.as] || forms.text)(row[at] === undefined ? null : row[at]));
    return tipOf(written[0], ...shown.map((column, at) => [column.title, written[at]]).slice(1));
  };
  const pending = [];
  function chart(...drawing) {
    pending.push(drawChart(...drawing));
  }
  async function drawChart(place, spec, rows, parameters, onclick) {
    const width = place.clientWidth || 600;
    const text = JSON.stringify(spec).replace(/"var\((--[a-z]+)\)"/g, (_, name) => JSON.stringify(css(name)));
    const ready = JSON.parse(text);
    ready.datasets = { ...(ready.datasets || {}), rows };
    ready.params = [...(ready.params || []),
      ...Object.entries({ symbol, narrow: width < 600, ...(parameters || {}) })
        .map(([name, value]) => ({ name, value }))];
    if (ready.height && ready.height.step) {
      const bars = new Set(rows.map((row) => row[ready.encoding.y.field]));
      ready.height = Math.max(bars.size, 1) * ready.height.step;
    }
    // a year a label is too few where there are not two of them
    if (rows.length && new Set(rows.map((row) => row.month)).size < 24) {
      const axes = [ready, ...(ready.layer || [])].map((each) => each.encoding && each.encoding.x && each.encoding.x.axis);
      for (const axis of axes) if (axis && axis.tickCount === "year") Object.assign(axis, { format: "%b %Y", tickCount: "month" });
    }
    if (!ready.width) ready.width = "container";
    ready.autosize = { type: "fit-x", contains: "padding" };
    const drawn = await window.vegaEmbed(place, ready, {
      actions: false, renderer: "svg", ast: true, defaultStyle: false, config: config(), logLevel: 1,
      tooltip: showTip,
    });
    charts.push(drawn);
    if (onclick) drawn.view.addEventListener("click", (_, item) => item && item.datum && onclick(item.datum));
  }
  function table(columns_, rows, caption) {
    const right = (column) => (numeric.includes(column.as) ? "right" : ["date", "month"].includes(column.as) ? "one-line" : null);
    return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      make("table", {},
        make("thead", {}, make("tr", {}, ...columns_.map((column) =>
          make("th", { scope: "col", class: right(column) }, column.title)))),
        make("tbody", {}, ...rows.map((row) => make("tr", {}, ...columns_.map((column, at) => {
          const value = row[at];
          if (value instanceof Node) return make("td", { class: right(column) || longWord(value.textContent) }, value);
          if (value === "open" && column.as === "date") return make("td", {}, value);
          const text = (forms[column.as] || forms.text)(value === undefined ? null : value);
          return make("td", { class: right(column) || longWord(text) }, text);
        }))))));
  }
  // a name without a space would push the numbers out of sight
  const longWord = (text) => (text.split(/\s/).some((word) => word.length > 30) ? "long" : null);
  const numbers = (columns_, rows) => make("details", {},
    make("summary", {}, "Show the numbers"), table(columns_, rows, "The numbers of the chart"));
  const tooShort = "A line needs two months with a rate. There are fewer so far.";
  const lineOver = (months, label) => (months.length > 1 ? place(label)
    : make("p", { class: "empty" }, "A line needs two months. There is one so far."));
  const place = (label) => make("div", { class: "chart", role: "img", "aria-label": label });

  // ---- sections that are summed in the page ----
  const summed = {
    tiles(body, sets) {
      const rates = retention(sets);
      const arr = balances(sets);
      const now = arr[arr.length - 1];
      const year = arr[arr.length - 1 - header.window];
      const rate = rates.find((row) => row.month === lastMonth);
      const before = rates.find((row) => row.month === monthsOf(header.window));
      const tile = (title, value, note, low) => make("div", { class: "tile" + (low ? " low" : "") },
        make("div", { class: "name" }, title), make("div", { class: "value" }, value),
        make("div", { class: "note" }, note));
      const since = (name) => !rate || rate[name] === null ? "no customers a year ago"
        : before && before[name] !== null ? points(rate[name], before[name]) + " on a year ago" : "no rate a year ago";
      const ofBase = rate ? customersOf(rate.customers) + " a year ago" : "no customers a year ago";
      body.append(make("div", { class: "tiles" },
        tile("ARR", short(now.arr), year && year.arr > 0
          ? share((now.arr - year.arr) / year.arr, true) + " on a year ago" : customersOf(now.customers)),
        tile("NDR, 12 months", rate ? percent(rate.ndr) : "–", rate && rate.low ? ofBase : since("ndr"), rate && rate.low),
        tile("GRR, 12 months", rate ? percent(rate.grr) : "–", rate && rate.low ? ofBase : since("grr"), rate && rate.low),
        tile("Logo retention", rate ? percent(rate.logo) : "–", "of " + ofBase, rate && rate.low),
        tile("Customers", count(now.customers), "ARR per customer " + (now.customers ? short(Math.round(now.arr / now.customers)) : "–"))));
    },
    arr_months(body, sets, section) {
      const rows = balances(sets);
      const shown = lineOver(rows, "ARR at each month end");
      body.append(shown, numbers([{ title: "Month", as: "month" }, { title: "ARR", as: "money" },
        { title: "Customers", as: "count" }], rows.slice().reverse().map((row) => [row.month, row.arr, row.customers])));
      const unit = unitOf(Math.max(...rows.map((row) => row.arr), 0));
      const last = rows[rows.length - 1];
      if (rows.length > 1) chart(shown, section.spec, rows.map((row) => ({ month: row.month, value: row.arr / unit[0],
        label: row === last ? short(row.arr, unit) : null,
        tip: tipOf(monthText(row.month), ["ARR", money(row.arr)], ["Customers", count(row.customers)]) })),
      { suffix: letterOf(unit) });
    },
    retention_months(body, sets, section) {
      const rates = retention(sets);
      if (!rates.length) return empty(body, section, "No customer had ARR twelve months before a published month.");
      const enough = rates.filter((row) => !row.low).length;
      const isDrawn = enough > 1;
      const shown = place("NDR and GRR by month");
      if (isDrawn) body.append(shown);
      else if (enough) empty(body, section, tooShort);
      else empty(body, section, "No month has " + header.low_base + " customers in its base, so no line is drawn. The rates stand below.");
      const bands = header.benchmarks.filter((band) => !filters().some(Boolean) || band.metric === "grr");
      const rows = [];
      const shape = [{ title: "Month", as: "month" }, { title: "NDR", as: "percent" }, { title: "GRR", as: "percent" },
        { title: "Logo retention", as: "percent" }, { title: "Base ARR", as: "money" }, { title: "Customers", as: "count" }];
      const cells = rates.map((row) => [row.month, row.ndr, row.grr, row.logo, row.base, row.customers]);
      rates.forEach((row, at) => {
        for (const metric of ["ndr", "grr"]) {
          rows.push({ month: row.month, metric: metric.toUpperCase(), rate: row.low ? null : row[metric],
            tip: tipOfRow(shape, cells[at]),
            label: row.month === lastMonth && !row.low ? metric.toUpperCase() + " " + percent(row[metric]) : null });
        }
      });
      const grr = bands.find((band) => band.metric === "grr" && band.from !== null);
      if (isDrawn) chart(shown, section.spec, rows, { from: grr ? grr.from : 1, until: grr ? grr.until : 1 });
      if (isDrawn && bands.length) body.append(make("p", { class: "source" }, bands.map((band) => band.text).join(" ")));
      if (isDrawn) body.append(make("p", { class: "source" }, "Months with fewer than " + header.low_base + " customers in the base are left out of the lines."));
      body.append(numbers(shape, cells.slice().reverse()));
    },
    retention_segments(body, sets, section) {
      const rows = [];
      const title = { title: "Segment" };
      const add = (name, chosen) => {
        const row = retention(chosen).find((each) => each.month === lastMonth);
        const rate = (name_) => (row.low ? make("span", { class: "quiet" }, percent(row[name_])) : row[name_]);
        if (row) rows.push([name, rate("ndr"), rate("grr"), rate("logo"), row.base, row.customers]);
      };
      add(filters().some(Boolean) ? "All that is chosen" : "All customers", sets);
      columns.forEach((column, at) => {
        const values = [...new Set(all.cubes.sets.map((set) => set[at]))].sort();
        if (filters()[at]) return;
        for (const value of values) {
          add(nameOf(column) + ": " + value, sets.map((chosen, set) => chosen && all.cubes.sets[set][at] === value));
        }
      });
      if (!rows.length) return empty(body, section, "No customer had ARR twelve months ago.");
      body.append(table([title, { title: "NDR", as: "percent" }, { title: "GRR", as: "percent" },
        { title: "Logo retention", as: "percent" }, { title: "Base ARR", as: "money" }, { title: "Customers", as: "count" }],
      rows, "Retention by segment"),
      make("p", { class: "source" }, "Grey: fewer than " + header.low_base + " customers a year ago, too few to compare."));
    },
    bridge(body, sets, section) {
      const { period, isEnds, view } = periodOf(section);
      const selects = [chooser("period", "Period", periodOptions(section, period), (value) => choose("period", value))];
      if (period.kind !== "month") selects.push(chooser("view", "Movements", [["ends", "Between the two ends", isEnds], ["months", "Sum of the months", !isEnds]], (value) => choose("view", value)));
      body.append(make("div", { class: "choices" }, ...selects));
      if (view) body.append(make("p", { class: "note" }, view));
      const { beginning, sums: ofMonths } = movementsBetween(sets, period.from, period.to);
      const ofEnds = period.kind === "month" ? null : movementsOfEnds(sets, period);
      const sums = isEnds ? ofEnds : ofMonths;
      const ending = beginning + Object.values(sums).reduce((sum, each) => sum + each, 0);
      const unit = unitOfSteps(Math.max(Math.abs(beginning), Math.abs(ending)), Math.max(...Object.values(sums).map(Math.abs), 0));
      const steps = [{ step: "beginning", name: "Beginning", low: Math.min(0, beginning), high: Math.max(0, beginning), amount: beginning, kind: "balance" }];
      let level = beginning;
      for (const type of header.movements) {
        if (!sums[type]) continue;
        steps.push({ step: type, name: names[type], low: Math.min(level, level + sums[type]), high: Math.max(level, level + sums[type]),
          amount: sums[type], kind: gains.includes(type) ? "gain" : losses.includes(type) ? "loss" : "other" });
        level += sums[type];
      }
      steps.push({ step: "ending", name: "Ending", low: Math.min(0, ending), high: Math.max(0, ending), amount: ending, kind: "balance" });
      if (steps.every((step) => !step.amount)) return empty(body, {}, "No customer had ARR at the beginning, at the end or in between.");
      const shown = place("ARR bridge, " + period.name);
      const lowest = Math.min(...steps.map((step) => step.low));
      body.append(shown);
      chart(shown, section.spec, steps.map((step, position) => ({ ...step, position, tip: tipOf(step.name, step.kind === "balance"
        ? ["ARR", money(step.amount)] : ["ARR change", change(step.amount)], ["Period", period.name]), low: step.low / unit[0], high: step.high / unit[0],
        label: short(step.amount, unit, step.kind !== "balance") })), { suffix: letterOf(unit),
        top: (lowest + withLabels(shown, Math.max(...steps.map((step) => step.high)) - lowest)) / unit[0] },
      (step) => step.kind !== "balance" && choose("step", step.step));
      body.append(sideBySide(beginning, ending, ofMonths, ofEnds));
      const drilled = steps.find((step) => step.step === state.get("step") && step.kind !== "balance") ||
        steps.filter((step) => step.kind !== "balance").sort((one, other) => Math.abs(other.amount) - Math.abs(one.amount))[0];
      if (!drilled) return;
      body.append(make("div", { class: "steps", role: "group", "aria-label": "Movement" },
        ...steps.filter((step) => step.kind !== "balance").map((step) => make("button", {
          type: "button", "aria-pressed": String(step === drilled), class: step.kind, onclick: () => choose("step", step.step),
        }, step.name + " " + short(step.amount, unit, true)))));
      if (notListed(body)) return;
      const byCustomer = new Map();
      const add = (customer, amount, ...levels) =>
        byCustomer.set(customer, [((byCustomer.get(customer) || [])[0] || 0) + amount, ...levels]);
      const type = header.movements.indexOf(drilled.step);
      if (isEnds) {
        for (const [at, customer, set, kind, amount, from, to] of all.longer.customers) {
          if (header.periods[at] === period && kind === type && sets[set]) add(customer, amount, from, to);
        }
      } else {
        for (const [customer, month, kind, amount, set] of all.movements.movements) {
          if (kind === type && isWithin(header.months[month], period) && sets[set]) add(customer, amount);
        }
      }
      const rows = [...byCustomer].filter((row) => row[1][0]).sort((one, other) => Math.abs(other[1][0]) - Math.abs(one[1][0]));
      const total = (part) => part.reduce((sum, row) => sum + row[1][0], 0);
      body.append(make("h3", {}, drilled.name + " by customer, " + period.name));
      const left = drilled.amount - total(rows);
      const limit = section.period === "month" ? 8 : 25;
      const levels = isEnds ? [{ title: "ARR before", as: "level" }, { title: "ARR at the end", as: "level" }] : [];
      const line = (name, amount, ...levels_) => [name, ...levels.map((_, at) => levels_[at]), amount];
      const cells = rows.slice(0, limit).map(([customer, moved]) => line(customerLink(customer, null, period), ...moved));
      const rest = rows.slice(limit);
      if (rest.length) cells.push(line(customersOf(rest.length).replace(" c", " more c"), total(rest)));
      if (left) cells.push(line("Moves between segments", left));
      cells.push(line(make("strong", {}, "Total"), drilled.amount));
      body.append(table([{ title: "Customer" }, ...levels, { title: "ARR change", as: "change" }], cells, drilled.name + " by customer"));
    },
    drivers(body, sets, section) {
      if (!all.longer.drivers) return empty(body, {}, "Not in this release: fct_arr_movement_drivers.");
      const { period, isEnds } = periodOf(section);
      const sums = new Map();
      for (const [at, set, type, driver, amount, customers] of all.longer.drivers[isEnds ? "ends" : "months"]) {
        if (!sets[set] || !(isEnds ? header.periods[at] === period : isWithin(header.months[at], period))) continue;
        const key = type + "." + driver;
        const sum = sums.get(key) || { type, driver, amount: 0, customers: 0 };
        sum.amount += amount; sum.customers += customers;
        sums.set(key, sum);
      }
      if (!sums.size) return empty(body, section, "No customer that stayed grew or shrank in this period.");
      // who moved in two months is one customer, and cannot be told from two
      const isCounted = isEnds || period.kind === "month";
      const cells = [];
      for (const type of ["expansion", "contraction"]) {
        const rows = [...sums.values()].filter((sum) => sum.type === type);
        rows.sort((one, other) => Math.abs(other.amount) - Math.abs(one.amount));
        for (const row of rows) cells.push([names[type], nameOf(row.driver), row.amount, row.customers]);
        if (rows.length) cells.push([make("strong", {}, names[type]), make("strong", {}, "Total"), rows.reduce((sum, row) => sum + row.amount, 0)]);
      }
      const columns_ = [{ title: "Movement" }, { title: "Driver" }, { title: "ARR change", as: "change" }, { title: "Customers", as: "level_count" }];
      body.append(make("h3", {}, "Drivers, " + period.name), table(isCounted ? columns_ : columns_.slice(0, 3), cells, "Drivers"));
    },
    customer(body) {
      const page = all.customerPage;
      if (!page) {
        if (notListed(body)) return;
        if (all.isOld) {
          body.append(make("p", { class: "note" }, "The rows of this customer are not there any more: another release was published while the page was open. Reload it."));
          return;
        }
        const sorted = all.movements.customers.map(([id, name], at) => [name, id, at]).sort((one, other) => one[0].localeCompare(other[0]));
        const list = make("ul", { class: "customers" });
        const search = make("input", { type: "search", id: "search", autocomplete: "off" });
        const fill = () => {
          const found = sorted.filter(([name, id]) => (name + " " + id).toLowerCase().includes(search.value.toLowerCase()));
          list.replaceChildren(...found.slice(0, 100).map(([name, , at]) => make("li", {}, customerLink(at, name))));
          if (found.length > 100) list.append(make("li", {}, count(found.length - 100) + " more: type more of the name."));
          if (!found.length) list.append(make("li", {}, "No customer of that name."));
        };
        search.addEventListener("input", fill);
        body.append(make("div", { class: "choice" }, make("label", { for: "search" }, "Customer"), search), list);
        fill();
        return;
      }
      document.querySelector("h1").textContent = page.name;
      const facts = columns.map((column, at) => nameOf(column) + ": " + (page.segments[at] || "unknown"));
      body.append(make("p", { class: "note" }, ["Customer " + page.id, "ARR " + money(page.arr), page.first_month ? "since " + monthText(page.first_month) : "no ARR yet", ...facts].join(" · ")));
      const first = page.spans.length ? page.spans[0][0] : lastMonth;
      const rows = header.months.filter((month) => month >= first).map((month) => {
        const span = page.spans.find(([from, until]) => from <= month && (!until || until > month));
        return { month, arr: span ? span[2] : 0 };
      });
      const unit = unitOf(Math.max(...rows.map((row) => row.arr), 0));
      const shown = lineOver(rows, "ARR of the customer at each month end");
      body.append(make("h2", {}, "ARR at month end"), shown,
        numbers([{ title: "Month", as: "month" }, { title: "ARR", as: "money" }], rows.slice().reverse().map((row) => [row.month, row.arr])));
      if (rows.length > 1) chart(shown, board.sections[0].spec, rows.map((row) => ({ month: row.month, value: row.arr / unit[0],
        tip: tipOf(monthText(row.month), ["ARR", money(row.arr)]) })), { suffix: letterOf(unit) });
      const period = header.periods.find((each) => each.key === state.get("period"));
      if (period) {
        const arrAt = (month) => (rows.find((row) => row.month === month) || { arr: 0 }).arr;
        const before = header.months[header.months.indexOf(period.from) - 1];
        body.append(make("p", { class: "moved" }, "Below is what happened in " + period.name + ". ARR was " + money(arrAt(before)) +
          " before it and " + money(arrAt(period.to)) + " at its end."),
        make("button", { type: "button", onclick: () => choose("period", null) }, "Show all of the customer"));
      }
      const spacedAt = (position) => (row) => row.map((value, at) => (at === position ? spaced(value) : value));
      const lists = [
        ["Movements", "movements", [{ title: "Month", as: "month" }, { title: "Movement" }, { title: "ARR change", as: "change" }, { title: "ARR after", as: "money" }],
          (row) => [row[0], names[row[1]] || row[1], row[2], row[3]]],
        ["Contract lines", "lines", [{ title: "Product" }, { title: "Line" }, { title: "Subscription" }, { title: "Start", as: "date" }, { title: "End", as: "date" }, { title: "ARR", as: "money" }, { title: "Source row" }],
          (row) => row.map((value, at) => (at === 4 && value === null ? "open" : value))],
        ["Renewals", "renewals", [{ title: "Term end", as: "date" }, { title: "Product family" }, { title: "Outcome" }, { title: "Up for renewal", as: "money" }, { title: "Renewed", as: "money" }], spacedAt(2)],
        ["Invoices against the ledger", "invoices", [{ title: "Month", as: "month" }, { title: "Reason" }, { title: "Ledger MRR", as: "money" }, { title: "Invoiced", as: "money" }, { title: "Difference", as: "change" }], spacedAt(1)],
      ];
      for (const [title, key, columns_, shape] of lists) {
        const isOf = (row) => !period || columns_.some((column, at) => ["date", "month"].includes(column.as) && row[at] && isWithin(row[at], period));
        const listed = page[key].filter(isOf);
        body.append(make("h2", {}, period && key === "lines" ? title + " that began or ended" : title));
        if (listed.length) body.append(table(columns_, listed.map(shape), title));
        else body.append(make("p", { class: "empty" }, "None."));
      }
    },
  };
  function sideBySide(beginning, ending, ofMonths, ofEnds) {
    const types = header.movements.filter((type) => ofMonths[type] || (ofEnds && ofEnds[type]));
    if (!ofEnds) {
      return numbers([{ title: "Step" }, { title: "ARR", as: "money" }],
        [["Beginning", beginning], ...types.map((type) => [names[type], ofMonths[type]]), ["Ending", ending]]);
    }
    return numbers([{ title: "Step" }, { title: "Between the two ends", as: "money" }, { title: "Sum of the months", as: "money" }, { title: "Difference", as: "change" }],
      [["Beginning", beginning, beginning, 0], ...types.map((type) => [names[type], ofEnds[type], ofMonths[type], ofEnds[type] - ofMonths[type]]),
        ["Ending", ending, ending, 0]]);
  }
  // a company of so many customers that the pages hold none of them
  function notListed(body) {
    if (header.customers <= header.most_customers) return false;
    body.append(make("p", { class: "note" }, "Single customers are not on these pages: the company has " + count(header.customers) +
      " of them, and the pages hold at most " + count(header.most_customers) + ". See the mart fct_arr_movements."));
    return true;
  }
  const customerLink = (number, name, period) => make("a", { href: "customer.html#c=" + number + (period ? "&period=" + period.key : "") }, name || all.movements.customers[number][1]);
  const spaced = (text) => String(text).replace(/_/g, " ");
  const nameOf = (column) => (column.charAt(0).toUpperCase() + column.slice(1)).replace(/_/g, " ");
  const option = (value, text, isChosen) => make("option", { value, ...(isChosen ? { selected: "" } : {}) }, text);
  function empty(body, section, text) {
    body.append(make("p", { class: "empty" }, section.empty || text));
  }
  const isWithin = (day, period) => day.slice(0, 7) >= period.from.slice(0, 7) && day.slice(0, 7) <= period.to.slice(0, 7);
  const kinds = [["trailing", "Trailing"], ["year", "Years"], ["quarter", "Quarters"], ["month", "Months"]];
  // the period that is chosen, and whether its movements are those between its two ends
  function periodOf(section) {
    const offered = header.periods.filter((period) => section.period !== "month" || period.kind === "month");
    const period = offered.find((each) => each.key === state.get("period")) || offered[0];
    const isEnds = period.kind !== "month" && state.get("view") !== "months";
    const span = monthText(period.from) + " to " + monthText(period.to) + ". ";
    const view = period.kind === "month" ? null : span + (isEnds
      ? "The ARR of each customer before the period against its ARR at the end: one movement per customer. A customer that left and came back with the same ARR did not move."
      : "The movements of every month, added up. A customer that left and came back counts under churn and under reactivation.");
    return { period, isEnds, view };
  }
  function periodOptions(section, chosen) {
    return kinds.map(([kind, title]) => [title, header.periods.filter((period) => period.kind === kind && (section.period !== "month" || kind === "month"))])
      .filter(([, members]) => members.length)
      .map(([title, members]) => make("optgroup", { label: title }, ...members.map((period) =>
        option(period.key, period.name.charAt(0).toUpperCase() + period.name.slice(1), period === chosen))));
  }
  function chooser(id, label, options, chosen) {
    return make("div", { class: "choice" }, make("label", { for: id }, label),
      make("select", { id, onchange: (event) => chosen(event.target.value) },
        ...options.map((each) => (each instanceof Node ? each : option(...each)))));
  }

  // ---- sections of a query ----
  function queried(body, section) {
    if (section.missing && section.missing.length) {
      return empty(body, {}, "Not in this release: " + section.missing.join(", ") + ". " + (section.empty ||
        (section.needs ? "It needs " + section.needs.join("; ") + "." : "Its module is off, because its input is missing.")));
    }
    let rows = section.rows;
    const at = (name) => section.columns_of.indexOf(name);
    if (section.by_segment) {
      const chosen = columns.map((column, index) => [column, filters()[index]]).filter((each) => each[1]);
      const [type, value] = chosen.length === 1 ? chosen[0] : ["all", "all"];
      rows = rows.filter((row) => row[at("segment_type")] === type && row[at("segment_value")] === value);
      if (chosen.length > 1) body.append(make("p", { class: "note" }, "More than one filter is chosen; this section shows all customers."));
    } else if (filters().some(Boolean)) {
      body.append(make("p", { class: "note" }, "Filters do not apply here."));
    }
    const selects = [];
    if (section.choose) {
      const key = "choose." + section.choose;
      const values = [...new Set(rows.map((row) => row[at(section.choose)]))];
      const chosen = values.includes(state.get(key)) ? state.get(key) : values[0];
      const id = "choose-" + section.position;
      if (values.length > 1) selects.push(chooser(id, nameOf(section.choose), values.map((each) => [each, nameOf(String(each)), each === chosen]), (value) => choose(key, value)));
      rows = rows.filter((row) => row[at(section.choose)] === chosen);
    }
    let measure = null;
    if (section.measures) {
      measure = section.measures.find((each) => each.name === state.get("measure")) || section.measures[0];
      selects.push(chooser("measure-" + section.position, "Measure", section.measures.map((each) => [each.name, each.title, each === measure]), (value) => choose("measure", value)));
    }
    if (selects.length) body.append(make("div", { class: "choices" }, ...selects));
    if (measure) body.append(make("p", { class: "note" }, measure.definition));
    if (!rows.length) return empty(body, section, "No rows in this release.");
    const shown = section.columns || section.columns_of.map((name) => ({ name, title: nameOf(name) }));
    const isLow = (row) => at("is_low_base") >= 0 && row[at("is_low_base")];
    const cells = rows.map((row) => shown.map((column) => {
      const value = row[at(column.name)];
      return isLow(row) && column.as === "percent" && value !== null ? make("span", { class: "quiet" }, percent(value)) : value;
    }));
    const isLine = section.spec && section.spec.encoding.x && section.spec.encoding.x.type === "temporal";
    const rates = shown.map((column, index) => (column.as === "percent" ? index : -1)).filter((index) => index >= 0);
    if (isLine && cells.filter((row) => rates.some((index) => row[index] !== null)).length < 2) {
      empty(body, {}, tooShort);
      body.append(numbers(shown, cells));
    } else if (section.spec) {
      const drawn = place(section.title);
      const amounts = at("amount") < 0 ? [] : rows.map((row) => row[at("amount")]);
      const unit = unitOf(Math.max(...amounts, 0));
      const scaled = { size: unit[0] / 100, suffix: letterOf(unit) };
      body.append(drawn);
      chart(drawn, section.spec, rows.map((row, number) => Object.fromEntries([["tip", tipOfRow(shown, cells[number])],
        ["measure", measure && row[at(measure.name)]], ...section.columns_of.map((name, index) => {
        const column = shown.find((each) => each.name === name);
        return [name, column && ["money", "change"].includes(column.as) && row[index] !== null ? row[index] / 100 : row[index]];
      })])), { ...scaled, top: withLabels(drawn, Math.max(...amounts, 100) / 100) });
      body.append(numbers(shown, cells));
    } else {
      body.append(table(shown, cells, section.title));
    }
  }

  // ---- the page ----
  function filterBar() {
    const bar = document.querySelector(".filters");
    const reached = board.sections.some((section) => section.by_segment || (section.data && section.data !== "customer"));
    if (!columns.length || !reached) return;
    bar.replaceChildren(...columns.map((column, at) => {
      const values = [...new Set(all.cubes.sets.map((set) => set[at]))].sort();
      const id = "filter-" + at;
      return chooser(id, nameOf(column), [["", "All", !filters()[at]], ...values.map((value) => [value, value, filters()[at] === value])],
        (value) => choose("f." + column, value));
    }), make("button", { type: "button", onclick: () => { for (const column of columns) state.delete("f." + column); choose("f", null); } }, "Reset"));
  }
  function draw() {
    const focused = document.activeElement && document.activeElement.id;
    delete document.documentElement.dataset.drawn;
    hideTip();
    while (charts.length) charts.pop().finalize();
    filterBar();
    const sets = chosenSets();
    const main = document.querySelector("main");
    main.replaceChildren();
    board.sections.forEach((section, position) => {
      const body = make("section", {});
      if (section.title) body.append(make("h2", {}, section.title));
      if (section.definition) body.append(make("p", { class: "definition" }, section.definition));
      if (section.moved && !filters().some(Boolean)) body.append(make("p", { class: "moved" }, section.moved));
      main.append(body);
      if (section.data) summed[section.data](body, sets, { ...section, position });
      else queried(body, { ...section, position });
      if (section.note && !(section.missing || []).length) body.append(make("p", { class: "source" }, section.note));
    });
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    Promise.all(pending.splice(0)).then(() => { document.documentElement.dataset.drawn = "yes"; });
  }
  let width = window.innerWidth;
  window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; draw(); } });
  // a customer's rows are in one of many files, so that no page loads them all
  const wanted = state.get("c");
  if (board.name === "customer" && wanted !== null && !all.customerPages) {
    const script = make("script", { src: header.customer_files + "/" + Math.floor(+wanted / header.customers_per_file) + ".js" });
    script.addEventListener("load", () => { all.customerPage = all.customerPages[+wanted % header.customers_per_file]; draw(); });
    script.addEventListener("error", () => { all.isOld = true; draw(); });
    document.head.append(script);
  } else {
    if (wanted !== null && all.customerPages) all.customerPage = all.customerPages[+wanted];
    draw();
  }
})();
