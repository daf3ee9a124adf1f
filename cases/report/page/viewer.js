"use strict";
(function () {
  var about = JSON.parse(document.getElementById("about").textContent);
  var wanted = /^#([a-z]{2})(?:-(\d+)-(\d+))?$/.exec(location.hash) || [];
  var language = about.texts[wanted[1]] ? wanted[1] : about.languages[0];
  function text(key) { return about.texts[language][key]; }

  // inflate expands a raw deflate stream (RFC 1951) into size bytes.
  function inflate(input, size) {
    var out = new Uint8Array(size), at = 0, place = 0, hold = 0, count = 0;
    function bits(n) {
      while (count < n) {
        if (place >= input.length) throw new Error("deflate: input ends");
        hold |= input[place++] << count;
        count += 8;
      }
      var value = hold & ((1 << n) - 1);
      hold >>>= n;
      count -= n;
      return value;
    }
    function table(lengths) {
      var counts = new Uint16Array(16), offsets = new Uint16Array(16), symbols = new Uint16Array(lengths.length), i;
      for (i = 0; i < lengths.length; i++) counts[lengths[i]]++;
      counts[0] = 0;
      for (i = 1; i < 16; i++) offsets[i] = offsets[i - 1] + counts[i - 1];
      for (i = 0; i < lengths.length; i++) if (lengths[i]) symbols[offsets[lengths[i]]++] = i;
      return { counts: counts, symbols: symbols };
    }
    function symbol(t) {
      var code = 0, first = 0, index = 0;
      for (var length = 1; length < 16; length++) {
        code |= bits(1);
        var n = t.counts[length];
        if (code - n < first) return t.symbols[index + (code - first)];
        index += n;
        first = (first + n) << 1;
        code <<= 1;
      }
      throw new Error("deflate: bad code");
    }
    var lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    var lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    var farBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
    var farBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
    var order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    var last;
    do {
      last = bits(1);
      var kind = bits(2), i, n;
      if (kind === 0) {
        hold = 0; count = 0;
        n = input[place] | input[place + 1] << 8;
        place += 4;
        if (at + n > size || place + n > input.length) throw new Error("deflate: bad block");
        out.set(input.subarray(place, place + n), at);
        place += n; at += n;
        continue;
      }
      var codes, fars, lengths;
      if (kind === 1) {
        lengths = new Uint8Array(288);
        for (i = 0; i < 288; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
        codes = table(lengths);
        lengths = new Uint8Array(30).fill(5);
        fars = table(lengths);
      } else if (kind === 2) {
        var literals = bits(5) + 257, distances = bits(5) + 1, words = bits(4) + 4;
        lengths = new Uint8Array(19);
        for (i = 0; i < words; i++) lengths[order[i]] = bits(3);
        var code = table(lengths);
        lengths = new Uint8Array(literals + distances);
        for (i = 0; i < literals + distances;) {
          var s = symbol(code), value = 0, times = 1;
          if (s < 16) value = s;
          else if (s === 16) { value = lengths[i - 1]; times = 3 + bits(2); }
          else if (s === 17) times = 3 + bits(3);
          else times = 11 + bits(7);
          while (times--) lengths[i++] = value;
        }
        codes = table(lengths.subarray(0, literals));
        fars = table(lengths.subarray(literals));
      } else throw new Error("deflate: bad block");
      for (;;) {
        var c = symbol(codes);
        if (c === 256) break;
        if (c < 256) { out[at++] = c; continue; }
        n = lengthBase[c - 257] + bits(lengthBits[c - 257]);
        var f = symbol(fars), far = farBase[f] + bits(farBits[f]);
        if (far > at || at + n > size) throw new Error("deflate: bad distance");
        for (i = 0; i < n; i++, at++) out[at] = out[at - far];
      }
    } while (!last);
    if (at !== size) throw new Error("deflate: output is short");
    return out;
  }

  // samples returns the values of a slice, or its red, green and blue planes one after the other.
  function samples(s, i) {
    var series = about.series[s], slice = series.slices[i];
    if (slice.ready) return slice.ready;
    var raw = atob(document.getElementById("d" + s + "-" + i).textContent.trim());
    var packed = new Uint8Array(raw.length), k;
    for (k = 0; k < raw.length; k++) packed[k] = raw.charCodeAt(k);
    var w = series.columns, n = w * series.rows, out;
    if (slice.rgb) {
      out = inflate(packed, 3 * n);
      for (var plane = 0; plane < 3; plane++)
        for (k = 1; k < n; k++) out[plane * n + k] = out[plane * n + k] + out[plane * n + k - (k % w ? 1 : w)];
    } else {
      var bytes = inflate(packed, 2 * n);
      out = new Uint16Array(n);
      out[0] = bytes[0] << 8 | bytes[n];
      for (k = 1; k < n; k++) out[k] = (bytes[k] << 8 | bytes[n + k]) + out[k - (k % w ? 1 : w)];
    }
    slice.ready = out;
    return out;
  }

  // range is the least and the greatest value after the modality LUT.
  function range(s) {
    var series = about.series[s];
    if (series.range) return series.range;
    var low = Infinity, high = -Infinity;
    series.slices.forEach(function (slice, i) {
      if (slice.rgb) return;
      var v = samples(s, i), a = 65535, b = 0;
      for (var k = 0; k < v.length; k++) { if (v[k] < a) a = v[k]; if (v[k] > b) b = v[k]; }
      low = Math.min(low, slice.slope * a + slice.intercept, slice.slope * b + slice.intercept);
      high = Math.max(high, slice.slope * a + slice.intercept, slice.slope * b + slice.intercept);
    });
    if (!(high >= low)) { low = 0; high = 255; }
    series.range = { center: (low + high) / 2 + 0.5, width: Math.max(1, high - low + 1) };
    return series.range;
  }

  function element(name, cls, parent) {
    var e = document.createElement(name);
    if (cls) e.className = cls;
    if (parent) parent.appendChild(e);
    return e;
  }

  function number(x) {
    var digits = Math.abs(x) < 10 && x !== Math.round(x) ? 2 : 0;
    return x.toFixed(digits).replace(".", language === "fr" ? "," : ".");
  }

  var panes = [], linked = true, marked = true, table = new Uint8ClampedArray(65536);

  function Pane(parent) {
    var pane = this;
    this.box = element("section", "pane", parent);
    var choose = element("div", "choose", this.box);
    this.seriesChoice = element("select", "", choose);
    this.windowChoice = element("select", "", choose);
    this.view = element("div", "view", this.box);
    this.canvas = element("canvas", "", this.view);
    this.canvas.tabIndex = 0;
    this.marks = ["west", "east", "north", "south", "corner1", "corner2", "corner3", "corner4"].map(function (c) { return element("div", "mark " + c, pane.view); });
    var slide = element("div", "slide", this.box);
    this.slider = element("input", "", slide);
    this.slider.type = "range";
    this.slider.min = 0;
    this.buffer = document.createElement("canvas");
    about.series.forEach(function (s, i) { element("option", "", pane.seriesChoice).value = i; });
    this.seriesChoice.onchange = function () { pane.open(+pane.seriesChoice.value, -1); };
    this.windowChoice.onchange = function () { pane.preset(+pane.windowChoice.value); };
    this.slider.oninput = function () { pane.go(+pane.slider.value); };
    this.listen();
  }

  Pane.prototype.open = function (s, i) {
    var series = about.series[s];
    this.s = s;
    this.i = i >= 0 && i < series.slices.length ? i : series.slices.length >> 1;
    this.seriesChoice.value = s;
    this.slider.max = series.slices.length - 1;
    this.invert = false;
    this.name();
    this.fit();
    this.preset(series.windows.length ? 0 : -1);
  };

  Pane.prototype.name = function () {
    var pane = this, list = this.windowChoice, series = about.series[this.s], chosen = list.value;
    about.series.forEach(function (s, i) {
      pane.seriesChoice.options[i].textContent = s.title[language] + (s.detail[language] ? "  \u00b7  " + s.detail[language] : "");
    });
    list.textContent = "";
    series.windows.forEach(function (w, i) {
      var o = element("option", "", list);
      o.value = i;
      o.textContent = (text("window") + " " + w.name[language]).trim();
    });
    var o = element("option", "", list);
    o.value = -1;
    o.textContent = text("full");
    if (chosen !== "") list.value = chosen;
    list.setAttribute("aria-label", text("window"));
    this.seriesChoice.setAttribute("aria-label", text("series"));
    this.slider.setAttribute("aria-label", text("image"));
    this.canvas.setAttribute("aria-label", series.title[language]);
  };

  Pane.prototype.fit = function () { this.zoom = 1; this.x = 0; this.y = 0; };

  Pane.prototype.preset = function (n) {
    var series = about.series[this.s], w = series.windows[n] || range(this.s);
    this.center = w.center;
    this.width = w.width;
    this.windowChoice.value = series.windows[n] ? n : -1;
    this.draw();
  };

  Pane.prototype.reset = function () {
    this.fit();
    this.invert = false;
    this.preset(about.series[this.s].windows.length ? 0 : -1);
  };

  // go shows slice i, and on the linked panes the slice nearest to it in the patient.
  Pane.prototype.go = function (i, quiet) {
    var series = about.series[this.s];
    i = Math.max(0, Math.min(series.slices.length - 1, i));
    if (i === this.i) return;
    this.i = i;
    this.draw();
    if (quiet || !linked) return;
    var here = series.slices[i];
    for (var p = 0; p < panes.length; p++) {
      var other = panes[p];
      if (other === this || other.box.hidden || here.frame < 0) continue;
      var best = -1, least = Infinity;
      about.series[other.s].slices.forEach(function (there, k) {
        if (there.frame !== here.frame) return;
        var d = Math.abs(there.position - here.position);
        if (d < least) { least = d; best = k; }
      });
      if (best >= 0) other.go(best, true);
    }
  };

  Pane.prototype.draw = function () {
    var series = about.series[this.s], slice = series.slices[this.i], v;
    try { v = samples(this.s, this.i); } catch (e) { this.marks[6].textContent = String(e.message); return; }
    var w = series.columns, h = series.rows, n = w * h, k;
    this.buffer.width = w;
    this.buffer.height = h;
    var g = this.buffer.getContext("2d"), picture = g.createImageData(w, h), out = picture.data;
    if (slice.rgb) {
      for (k = 0; k < n; k++) { out[4 * k] = v[k]; out[4 * k + 1] = v[n + k]; out[4 * k + 2] = v[2 * n + k]; out[4 * k + 3] = 255; }
    } else {
      // PS3.3 C.11.2.1.2.1
      var down = series.inverted !== this.invert, wide = Math.max(this.width, 1), span = wide - 1;
      for (k = 0; k < 65536; k++) {
        var x = slice.slope * k + slice.intercept - (this.center - 0.5), y;
        if (x <= -span / 2) y = 0; else if (x > span / 2) y = 255; else y = (x / span + 0.5) * 255;
        table[k] = down ? 255 - y : y;
      }
      for (k = 0; k < n; k++) { out[4 * k] = out[4 * k + 1] = out[4 * k + 2] = table[v[k]]; out[4 * k + 3] = 255; }
    }
    g.putImageData(picture, 0, 0);
    this.paint();
    this.slider.value = this.i;
    var m = this.marks;
    for (k = 0; k < 4; k++) m[k].textContent = series.letters[k];
    m[4].textContent = series.title[language];
    m[5].textContent = text("image") + " " + slice.label;
    m[6].textContent = series.notes[language];
    m[7].textContent = slice.rgb ? "" : text("center") + " " + number(this.center) + "   " + text("width") + " " + number(this.width);
  };

  Pane.prototype.scale = function () {
    var series = about.series[this.s], w = series.columns * series.pixel[1], h = series.rows * series.pixel[0];
    return Math.min(this.canvas.width / w, this.canvas.height / h) * this.zoom;
  };

  Pane.prototype.paint = function () {
    var c = this.canvas, ratio = window.devicePixelRatio || 1, series = about.series[this.s];
    var cw = Math.max(1, Math.round(this.view.clientWidth * ratio)), ch = Math.max(1, Math.round(this.view.clientHeight * ratio));
    if (c.width !== cw) c.width = cw;
    if (c.height !== ch) c.height = ch;
    var g = c.getContext("2d"), k = this.scale();
    var w = series.columns * series.pixel[1] * k, h = series.rows * series.pixel[0] * k;
    g.fillStyle = "#000";
    g.fillRect(0, 0, cw, ch);
    g.imageSmoothingEnabled = true;
    g.imageSmoothingQuality = "high";
    var left = (cw - w) / 2 + this.x * ratio, top = (ch - h) / 2 + this.y * ratio;
    g.drawImage(this.buffer, left, top, w, h);
    if (!marked) return;
    var marks = series.slices[this.i].marks || [];
    function place(p) { return [left + p[0] * w / series.columns, top + p[1] * h / series.rows]; }
    marks.forEach(function (m) { if (m.type !== "text") stroke(g, m, m.points.map(place), ratio); });
    // A text that stands for itself, such as a level, never leaves its place: the others make room for it.
    var taken = [], texts = marks.filter(function (m) { return m.type === "text" && m.points.length; });
    [true, false].forEach(function (fixed) {
      texts.forEach(function (m) { if (fixed === !(m.toward[0] || m.toward[1])) write(g, m, place(m.points[0]), ratio, cw, ch, taken); });
    });
  };

  // stroke draws the line of a mark through points of the canvas, on a dark halo.
  function stroke(g, m, p, ratio) {
    var paths = [], closed = m.type === "polygon" || m.type === "ellipse", i, a;
    if (!p.length) return;
    if (m.type === "cross") {
      var r = 5 * ratio, c = p[0];
      paths = [[[c[0] - r, c[1]], [c[0] + r, c[1]]], [[c[0], c[1] - r], [c[0], c[1] + r]]];
    } else if (m.type === "ellipse" && p.length > 3) { // through the ends of both axes
      var path = [], x = (p[0][0] + p[1][0]) / 2, y = (p[0][1] + p[1][1]) / 2;
      for (i = 0; i < 64; i++) {
        a = i * Math.PI / 32;
        path.push([x + (p[1][0] - p[0][0]) / 2 * Math.cos(a) + (p[3][0] - p[2][0]) / 2 * Math.sin(a),
          y + (p[1][1] - p[0][1]) / 2 * Math.cos(a) + (p[3][1] - p[2][1]) / 2 * Math.sin(a)]);
      }
      paths = [path];
    } else if (m.type === "arc" && p.length > 2) { // the smaller arc between the arms: from, vertex, to
      var v = p[1], from = Math.atan2(p[0][1] - v[1], p[0][0] - v[0]), turn = Math.atan2(p[2][1] - v[1], p[2][0] - v[0]) - from;
      turn -= 2 * Math.PI * Math.round(turn / (2 * Math.PI));
      var round = [];
      for (i = 0; i <= 24; i++) round.push([v[0] + 26 * ratio * Math.cos(from + turn * i / 24), v[1] + 26 * ratio * Math.sin(from + turn * i / 24)]);
      paths = [round];
    } else if (m.type === "arrow" && p.length > 1) { // tip, tail
      a = Math.atan2(p[1][1] - p[0][1], p[1][0] - p[0][0]);
      paths = [p, [0.4, -0.4].map(function (d) { return [p[0][0] + 11 * ratio * Math.cos(a + d), p[0][1] + 11 * ratio * Math.sin(a + d)]; })];
      paths[1].splice(1, 0, p[0]);
    } else if (m.type === "polyline" || m.type === "polygon") paths = [p];
    g.beginPath();
    paths.forEach(function (line) {
      line.forEach(function (q, n) { if (n) g.lineTo(q[0], q[1]); else g.moveTo(q[0], q[1]); });
      if (closed) g.closePath();
    });
    g.lineJoin = "round";
    g.setLineDash(m.dashed ? [6 * ratio, 4 * ratio] : []);
    g.lineWidth = 3.5 * ratio;
    g.strokeStyle = "rgba(0,0,0,.6)";
    g.stroke();
    g.lineWidth = 1.5 * ratio;
    g.strokeStyle = m.colour;
    g.stroke();
    g.setLineDash([]);
  }

  // write sets a text on the side of its point that it belongs to, inside the canvas and, where there is room near by, not on another.
  function write(g, m, p, ratio, cw, ch, taken) {
    var words = m.text && m.text[language];
    if (!words) return;
    g.font = 13 * ratio + "px \"Segoe UI\", system-ui, sans-serif";
    g.textBaseline = "middle";
    var w = g.measureText(words).width + 8 * ratio, h = 18 * ratio, d = m.toward, x = p[0] + 8 * ratio, y = p[1] + 8 * ratio;
    if (d[0] || d[1]) {
      x = p[0] + d[0] * (8 * ratio + w / 2) - w / 2;
      y = p[1] + d[1] * (8 * ratio + h / 2) - h / 2;
    }
    x = Math.max(0, Math.min(cw - w, x));
    y = Math.max(0, Math.min(ch - h, y));
    function free(at) {
      return at >= 0 && at <= ch - h && !taken.some(function (b) { return x < b[0] + b[2] && b[0] < x + w && at < b[1] + h && b[1] < at + h; });
    }
    for (var k = 0; k < 9 && (d[0] || d[1]); k++) { // above and below in turn
      var at = y + (k % 2 ? -1 : 1) * ((k + 1) >> 1) * h;
      if (free(at)) { y = at; break; }
    }
    taken.push([x, y, w]);
    g.fillStyle = "rgba(0,0,0,.55)";
    g.fillRect(x, y, w, h);
    g.fillStyle = m.colour;
    g.fillText(words, x + 4 * ratio, y + h / 2);
  }

  Pane.prototype.enlarge = function (factor) { this.zoom = Math.max(0.25, Math.min(16, this.zoom * factor)); this.paint(); };

  Pane.prototype.listen = function () {
    var pane = this, c = this.canvas, drag = null, rolled = 0;
    c.addEventListener("wheel", function (e) {
      e.preventDefault();
      if (e.ctrlKey) { pane.enlarge(e.deltaY < 0 ? 1.1 : 1 / 1.1); return; }
      rolled += e.deltaMode ? Math.sign(e.deltaY) * 60 : e.deltaY;
      if (Math.abs(rolled) < 40) return;
      pane.go(pane.i + Math.sign(rolled));
      rolled = 0;
    }, { passive: false });
    c.addEventListener("pointerdown", function (e) {
      c.setPointerCapture(e.pointerId);
      c.focus();
      drag = { x: e.clientX, y: e.clientY, move: e.button === 1 || e.shiftKey };
      e.preventDefault();
    });
    c.addEventListener("pointermove", function (e) {
      if (!drag) return;
      var dx = e.clientX - drag.x, dy = e.clientY - drag.y;
      drag.x = e.clientX;
      drag.y = e.clientY;
      if (drag.move) { pane.x += dx; pane.y += dy; pane.paint(); return; }
      var step = Math.max(0.01, range(pane.s).width / 1000);
      pane.width = Math.max(1, pane.width + dx * step);
      pane.center -= dy * step;
      pane.draw();
    });
    ["pointerup", "pointercancel", "lostpointercapture"].forEach(function (name) { c.addEventListener(name, function () { drag = null; }); });
    c.addEventListener("auxclick", function (e) { e.preventDefault(); });
    c.addEventListener("dblclick", function () { pane.reset(); });
    c.addEventListener("keydown", function (e) {
      var by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1, PageUp: -5, PageDown: 5, Home: -1e6, End: 1e6 }[e.key];
      if (by) pane.go(pane.i + by);
      else if (e.key === "+") pane.enlarge(1.2);
      else if (e.key === "-") pane.enlarge(1 / 1.2);
      else if (e.key === "i") { pane.invert = !pane.invert; pane.draw(); }
      else if (e.key === "r") pane.reset();
      else if (e.key === "m" && buttons.marks) buttons.marks.b.click();
      else return;
      e.preventDefault();
    });
  };

  // beside is what is shown next to a series: its neighbour of the same modality, where it has one.
  function beside(s) {
    var near = [s + 1, s - 1].filter(function (k) { return k >= 0 && k < about.series.length; });
    var alike = near.filter(function (k) { return about.series[k].modality === about.series[s].modality; });
    return alike.concat(near)[0];
  }

  var tools = document.getElementById("tools"), buttons = {};
  function button(key, run, pressed) {
    var b = element("button", "", tools);
    b.type = "button";
    b.onclick = function () { run(); sayAll(); };
    buttons[key] = { b: b, pressed: pressed };
    tools.appendChild(document.createTextNode(" "));
  }
  function two() { return panes.length > 1 && !panes[1].box.hidden; }
  function show(second) {
    if (panes.length > 1) {
      panes[1].box.hidden = !second;
      panes.forEach(function (p) { if (!p.box.hidden) p.paint(); });
    }
  }
  function sayAll() {
    document.documentElement.lang = language;
    document.title = text("title") + " - " + about.patient;
    document.getElementById("back").textContent = "\u2190 " + text("back");
    document.getElementById("help").textContent = [text("help"), text("note"), text("unshown")].filter(Boolean).join("  \u00b7  ");
    for (var key in buttons) {
      var x = buttons[key];
      x.b.textContent = key.slice(0, 5) === "lang-" ? about.texts[key.slice(5)].language : text(key);
      if (x.pressed) x.b.setAttribute("aria-pressed", x.pressed() ? "true" : "false");
    }
    panes.forEach(function (p) { p.name(); p.draw(); });
  }

  panes.push(new Pane(document.getElementById("panes")));
  if (about.series.length > 1) {
    panes.push(new Pane(document.getElementById("panes")));
    button("one", function () { show(false); }, function () { return !two(); });
    button("two", function () { show(true); }, two);
    button("link", function () { linked = !linked; }, function () { return linked; });
  }
  if (about.series.some(function (s) { return s.slices.some(function (x) { return x.marks; }); })) {
    button("marks", function () { marked = !marked; }, function () { return marked; });
  }
  button("invert", function () { panes.forEach(function (p) { p.invert = !p.invert; }); });
  button("reset", function () { panes.forEach(function (p) { p.reset(); }); });
  if (about.languages.length > 1) about.languages.forEach(function (l) {
    button("lang-" + l, function () { language = l; }, function () { return language === l; });
  });
  var s = Math.min(about.series.length - 1, +(wanted[2] || 0));
  panes[0].open(s, wanted[3] ? +wanted[3] : -1);
  if (panes.length > 1) {
    panes[1].open(beside(s), -1);
    show(window.innerWidth >= 800);
  }
  sayAll();
  panes[0].canvas.focus();
  window.addEventListener("resize", function () { panes.forEach(function (p) { if (!p.box.hidden) p.paint(); }); });
})();
