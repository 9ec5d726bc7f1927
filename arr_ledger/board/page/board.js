// Sums the additive marts under the filters and draws the sections of one board.
// Money is whole cents until it is written; a rate is rounded once, from exact sums.
"use strict";
(function () {
  const all = window.arrLedger;
  const { header, board } = all;
  const columns = all.cubes.columns;
  const minus = "\u2212";
  const nbsp = "\u00a0";
  const symbols = { USD: "$", EUR: "€", GBP: "£", JPY: "¥" };
  const symbol = symbols[header.currency] || header.currency + nbsp;
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
  const unitOf = (cents) => (Math.abs(cents) >= 1e8 ? [1e8, "m"] : Math.abs(cents) >= 1e5 ? [1e5, "k"] : [100, ""]);
  const letterOf = ([, letter]) => (letter ? nbsp + letter : "");
  const short = (cents, unit, always) => {
    const [size, letter] = unit || unitOf(cents);
    const digits = size === 100 ? 0 : size === 1e5 ? 1 : 2;
    const text = symbol + (Math.abs(cents) / size).toFixed(digits) + letterOf([size, letter]);
    return signed(text, cents, always);
  };
  const rounded = (rate) => Math.round(rate * 1000 + (rate < 0 ? -1e-9 : 1e-9)) / 10;
  const percent = (rate) =>
    rate === null || rate === undefined ? "–" : signed(Math.abs(rounded(rate)).toFixed(1) + nbsp + "%", rate);
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
  };
  const numeric = ["money", "change", "percent", "points", "count"];

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
    if (!ready.width) ready.width = "container";
    ready.autosize = { type: "fit-x", contains: "padding" };
    const drawn = await window.vegaEmbed(place, ready, {
      actions: false, renderer: "svg", ast: true, defaultStyle: false, config: config(), logLevel: 1,
      tooltip: false,
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
          if (value instanceof Node) return make("td", { class: right(column) }, value);
          if (value === "open" && column.as === "date") return make("td", {}, value);
          const text = (forms[column.as] || forms.text)(value === undefined ? null : value);
          return make("td", { class: right(column) }, text);
        }))))));
  }
  const numbers = (columns_, rows) => make("details", {},
    make("summary", {}, "Show the numbers"), table(columns_, rows, "The numbers of the chart"));
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
      const since = (name) => rate && before && rate[name] !== null && before[name] !== null
        ? points(rate[name], before[name]) + " on a year ago" : "no rate a year ago";
      const ofBase = rate ? customersOf(rate.customers) + " a year ago" : "no customers a year ago";
      body.append(make("div", { class: "tiles" },
        tile("ARR", short(now.arr), year && year.arr > 0
          ? percent((now.arr - year.arr) / year.arr) + " growth on a year ago" : customersOf(now.customers)),
        tile("NDR, 12 months", rate ? percent(rate.ndr) : "–", rate && rate.low ? ofBase : since("ndr"), rate && rate.low),
        tile("GRR, 12 months", rate ? percent(rate.grr) : "–", rate && rate.low ? ofBase : since("grr"), rate && rate.low),
        tile("Logo retention", rate ? percent(rate.logo) : "–", "of " + ofBase, rate && rate.low),
        tile("Customers", count(now.customers), "ARR per customer " + (now.customers ? short(Math.round(now.arr / now.customers)) : "–"))));
    },
    arr_months(body, sets, section) {
      const rows = balances(sets);
      const shown = place("ARR at each month end");
      body.append(shown, numbers([{ title: "Month", as: "month" }, { title: "ARR", as: "money" },
        { title: "Customers", as: "count" }], rows.slice().reverse().map((row) => [row.month, row.arr, row.customers])));
      const unit = unitOf(Math.max(...rows.map((row) => row.arr), 0));
      const last = rows[rows.length - 1];
      chart(shown, section.spec, rows.map((row) => ({ month: row.month, value: row.arr / unit[0],
        label: row === last ? short(row.arr, unit) : null })),
      { unit: letterOf(unit) });
    },
    retention_months(body, sets, section) {
      const rates = retention(sets);
      if (!rates.length) return empty(body, section, "No customer had ARR twelve months before a published month.");
      const shown = place("NDR and GRR by month");
      body.append(shown);
      const bands = header.benchmarks.filter((band) => !filters().some(Boolean) || band.metric === "grr");
      const rows = [];
      for (const row of rates) {
        for (const metric of ["ndr", "grr"]) {
          rows.push({ month: row.month, metric: metric.toUpperCase(), rate: row.low ? null : row[metric],
            label: row.month === lastMonth && !row.low ? metric.toUpperCase() + " " + percent(row[metric]) : null });
        }
      }
      const grr = bands.find((band) => band.metric === "grr" && band.from !== null);
      chart(shown, section.spec, rows, { from: grr ? grr.from : 1, until: grr ? grr.until : 1 });
      if (bands.length) body.append(make("p", { class: "source" }, bands.map((band) => band.text).join(" ")));
      body.append(make("p", { class: "source" }, "Months with fewer than " + header.low_base + " customers in the base are left out of the lines."),
        numbers([{ title: "Month", as: "month" }, { title: "NDR", as: "percent" }, { title: "GRR", as: "percent" },
          { title: "Logo retention", as: "percent" }, { title: "Base ARR", as: "money" }, { title: "Customers", as: "count" }],
        rates.slice().reverse().map((row) => [row.month, row.ndr, row.grr, row.logo, row.base, row.customers])));
    },
    retention_segments(body, sets, section) {
      const rows = [];
      const title = { title: "Segment" };
      const add = (name, chosen) => {
        const row = retention(chosen).find((each) => each.month === lastMonth);
        if (row) rows.push([name, row.ndr, row.grr, row.logo, row.base, row.customers]);
      };
      add(filters().some(Boolean) ? "All that is chosen" : "All customers", sets);
      columns.forEach((column, at) => {
        const values = [...new Set(all.cubes.sets.map((set) => set[at]))].sort();
        if (filters()[at]) return;
        for (const value of values) {
          add(nameOf(column) + ": " + value, sets.map((chosen, set) => chosen && all.cubes.sets[set][at] === value));
        }
      });
      body.append(table([title, { title: "NDR", as: "percent" }, { title: "GRR", as: "percent" },
        { title: "Logo retention", as: "percent" }, { title: "Base ARR", as: "money" }, { title: "Customers", as: "count" }],
      rows, "Retention by segment"));
    },
    bridge(body, sets, section) {
      const periods = periodsOf();
      const chosen = periods.find((period) => period.key === state.get("period")) ||
        periods.find((period) => section.period === "month" && period.key === lastMonth) || periods[0];
      const select = make("select", { id: "period", onchange: (event) => choose("period", event.target.value) },
        ...periods.map((period) => option(period.key, period.name, period === chosen)));
      body.append(make("div", { class: "choice" }, make("label", { for: "period" }, "Period"), select));
      const { beginning, sums } = movementsBetween(sets, chosen.from, chosen.to);
      const ending = beginning + Object.values(sums).reduce((sum, each) => sum + each, 0);
      const unit = unitOf(Math.max(Math.abs(beginning), Math.abs(ending)));
      const steps = [{ step: "beginning", name: "Beginning", low: 0, high: beginning, amount: beginning, kind: "balance" }];
      let level = beginning;
      for (const type of header.movements) {
        if (!sums[type]) continue;
        steps.push({ step: type, name: names[type], low: Math.min(level, level + sums[type]), high: Math.max(level, level + sums[type]),
          amount: sums[type], kind: gains.includes(type) ? "gain" : losses.includes(type) ? "loss" : "other" });
        level += sums[type];
      }
      steps.push({ step: "ending", name: "Ending", low: 0, high: ending, amount: ending, kind: "balance" });
      const shown = place("ARR bridge of " + chosen.name);
      body.append(shown);
      chart(shown, section.spec, steps.map((step, position) => ({ ...step, position, low: step.low / unit[0], high: step.high / unit[0],
        label: short(step.amount, unit, step.kind !== "balance") })), { unit: letterOf(unit),
        top: withLabels(shown, Math.max(...steps.map((step) => step.high), 1) / unit[0]) },
      (step) => step.kind !== "balance" && choose("step", step.step));
      const drilled = steps.find((step) => step.step === state.get("step") && step.kind !== "balance") ||
        steps.filter((step) => step.kind !== "balance").sort((one, other) => Math.abs(other.amount) - Math.abs(one.amount))[0];
      if (!drilled) return;
      body.append(make("div", { class: "steps", role: "group", "aria-label": "Movement" },
        ...steps.filter((step) => step.kind !== "balance").map((step) => make("button", {
          type: "button", "aria-pressed": String(step === drilled), class: step.kind, onclick: () => choose("step", step.step),
        }, step.name + " " + short(step.amount, unit, true)))));
      if (notListed(body)) return;
      const byCustomer = new Map();
      const wanted = filters();
      for (const [customer, month, type, amount, values] of all.movements.movements) {
        if (type !== drilled.step || month < chosen.from || month > chosen.to) continue;
        if (!wanted.every((value, at) => !value || values[at] === value)) continue;
        byCustomer.set(customer, (byCustomer.get(customer) || 0) + amount);
      }
      const rows = [...byCustomer].sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
      const listed = rows.reduce((sum, row) => sum + row[1], 0);
      body.append(make("h3", {}, drilled.name + " by customer, " + chosen.name.replace("Last", "last")));
      const left = drilled.amount - listed;
      const limit = section.period === "month" ? 8 : 25;
      const cells = rows.slice(0, limit).map(([customer, amount]) => [customerLink(customer), amount]);
      const rest = rows.slice(limit).reduce((sum, row) => sum + row[1], 0);
      if (rows.length > limit) cells.push([customersOf(rows.length - limit).replace(" c", " more c"), rest]);
      if (left) cells.push(["Moves between segments", left]);
      cells.push([make("strong", {}, "Total"), drilled.amount]);
      body.append(table([{ title: "Customer" }, { title: "ARR change", as: "change" }], cells, drilled.name + " by customer"));
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
        return { month, value: (span ? span[2] : 0) / 100 };
      });
      const unit = unitOf(Math.max(...rows.map((row) => row.value * 100), 0));
      const shown = place("ARR of the customer at each month end");
      body.append(make("h2", {}, "ARR at month end"), shown);
      chart(shown, board.sections[0].spec, rows.map((row) => ({ ...row, value: row.value * 100 / unit[0] })), { unit: letterOf(unit) });
      const spaced = (position) => (row) => row.map((value, at) => (at === position ? value.replace(/_/g, " ") : value));
      const lists = [
        ["Movements", "movements", [{ title: "Month", as: "month" }, { title: "Movement" }, { title: "ARR change", as: "change" }, { title: "ARR after", as: "money" }],
          (row) => [row[0], names[row[1]] || row[1], row[2], row[3]]],
        ["Contract lines", "lines", [{ title: "Product" }, { title: "Line" }, { title: "Subscription" }, { title: "Start", as: "date" }, { title: "End", as: "date" }, { title: "ARR", as: "money" }, { title: "Source row" }],
          (row) => row.map((value, at) => (at === 4 && value === null ? "open" : value))],
        ["Renewals", "renewals", [{ title: "Term end", as: "date" }, { title: "Product family" }, { title: "Outcome" }, { title: "Up for renewal", as: "money" }, { title: "Renewed", as: "money" }], spaced(2)],
        ["Invoices against the ledger", "invoices", [{ title: "Month", as: "month" }, { title: "Reason" }, { title: "Ledger MRR", as: "money" }, { title: "Invoiced", as: "money" }, { title: "Difference", as: "change" }], spaced(1)],
      ];
      for (const [title, key, columns_, shape] of lists) {
        body.append(make("h2", {}, title));
        if (page[key].length) body.append(table(columns_, page[key].map(shape), title));
        else body.append(make("p", { class: "empty" }, "None."));
      }
    },
  };
  // a company of so many customers that the pages hold none of them
  function notListed(body) {
    if (header.customers <= header.most_customers) return false;
    body.append(make("p", { class: "note" }, "Single customers are not on these pages: the company has " + count(header.customers) +
      " of them, and the pages hold at most " + count(header.most_customers) + ". See the mart fct_arr_movements."));
    return true;
  }
  const customerLink = (number, name) => make("a", { href: "customer.html#c=" + number }, name || all.movements.customers[number][1]);
  const nameOf = (column) => (column.charAt(0).toUpperCase() + column.slice(1)).replace(/_/g, " ");
  const option = (value, text, isChosen) => make("option", { value, ...(isChosen ? { selected: "" } : {}) }, text);
  function empty(body, section, text) {
    body.append(make("p", { class: "empty" }, section.empty || text));
  }
  function periodsOf() {
    const months = header.months;
    const periods = [{ key: "last12", name: "Last 12 months", from: months[Math.max(0, months.length - 12)], to: lastMonth }];
    const start = header.fiscal_year_start_month;
    const fiscal = (month) => {
      const year = +month.slice(0, 4), number = +month.slice(5, 7);
      const shifted = (number - start + 12) % 12;
      return { year: start > 1 && number >= start ? year + 1 : year, quarter: Math.floor(shifted / 3) + 1 };
    };
    const grouped = (key, name, size) => {
      const groups = new Map();
      for (const month of months) groups.set(key(fiscal(month)), [...(groups.get(key(fiscal(month))) || []), month]);
      return [...groups].filter(([, members]) => members.length === size).reverse()
        .map(([text, members]) => ({ key: text, name: name(text), from: members[0], to: members[members.length - 1] }));
    };
    const prefix = start > 1 ? "FY" : "";
    return [...periods, ...grouped((of) => String(of.year), (text) => prefix + text, 12),
      ...grouped((of) => of.year + "-Q" + of.quarter, (text) => prefix + text.replace("-", " "), 3),
      ...months.slice().reverse().map((month) => ({ key: month, name: monthText(month), from: month, to: month }))];
  }

  // ---- sections of a query ----
  function queried(body, section) {
    if (section.missing && section.missing.length) {
      return empty(body, {}, "Not in this release: " + section.missing.join(", ") + ". " + (section.empty || "Its module is off, because its input is missing."));
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
    if (section.choose) {
      const key = "choose." + section.choose;
      const values = [...new Set(rows.map((row) => row[at(section.choose)]))];
      const chosen = values.includes(state.get(key)) ? state.get(key) : values[0];
      const id = "choose-" + section.position;
      if (values.length > 1) body.append(make("div", { class: "choice" }, make("label", { for: id }, nameOf(section.choose)),
        make("select", { id, onchange: (event) => choose(key, event.target.value) }, ...values.map((each) => option(each, String(each).replace(/_/g, " "), each === chosen)))));
      rows = rows.filter((row) => row[at(section.choose)] === chosen);
    }
    if (!rows.length) return empty(body, section, "No rows in this release.");
    const shown = section.columns || section.columns_of.map((name) => ({ name, title: nameOf(name) }));
    const cells = rows.map((row) => shown.map((column) => row[at(column.name)]));
    if (section.spec) {
      const drawn = place(section.title);
      const amounts = at("amount") < 0 ? [] : rows.map((row) => row[at("amount")]);
      const unit = unitOf(Math.max(...amounts, 0));
      const scaled = { size: unit[0] / 100, unit: letterOf(unit) };
      body.append(drawn);
      chart(drawn, section.spec, rows.map((row) => Object.fromEntries(section.columns_of.map((name, index) => {
        const column = shown.find((each) => each.name === name);
        return [name, column && ["money", "change"].includes(column.as) && row[index] !== null ? row[index] / 100 : row[index]];
      }))), { ...scaled, top: withLabels(drawn, Math.max(...amounts, 100) / 100) });
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
      return make("div", { class: "choice" }, make("label", { for: id }, nameOf(column)),
        make("select", { id, onchange: (event) => choose("f." + column, event.target.value) },
          option("", "All", !filters()[at]), ...values.map((value) => option(value, value, filters()[at] === value))));
    }), make("button", { type: "button", onclick: () => { for (const column of columns) state.delete("f." + column); choose("f", null); } }, "Reset"));
  }
  function draw() {
    const focused = document.activeElement && document.activeElement.id;
    delete document.documentElement.dataset.drawn;
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
      if (section.note) body.append(make("p", { class: "source" }, section.note));
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
