/// How flame graphs look, and what makes them answer. No other file is loaded.
enum FlameStyle {
    /// Colours by whose a function is, for light and dark; text on them has a contrast of more than 7 to 1.
    static let variables = """
        :root { --f0: #8fc7ff; --f1: #d9dde3; --f2: #ffb98a; --f3: #b5dca0; --f4: #e3c6f5; --froot: #eceef1;
          --fmore: #ff9a8f; --fless: #8fb8ff; --ftext: #16181b; }
        @media (prefers-color-scheme: dark) { :root { --f0: #14507f; --f1: #3f454d; --f2: #7a3d12; --f3: #2c5a1e;
          --f4: #57346f; --froot: #2a2f35; --fmore: #8c2a20; --fless: #1d4a96; --ftext: #f2f4f6; } }
        """

    static let css = """
        svg .f text { fill: var(--ftext); font-size: 11px; pointer-events: none; }
        .f { cursor: pointer; } .f.away { display: none; } .f.below rect { opacity: .5; }
        .layer0 rect { fill: var(--f0); } .layer1 rect { fill: var(--f1); } .layer2 rect { fill: var(--f2); }
        .layer3 rect { fill: var(--f3); } .layer4 rect { fill: var(--f4); } .root rect, .same rect { fill: var(--froot); }
        .more rect { fill: var(--fmore); } .less rect { fill: var(--fless); }
        .f:hover rect { stroke: var(--ftext); } .f.hit rect { stroke: #d0006f; stroke-width: 3; }
        svg.flame > text { fill: var(--text); font-size: 13px; } svg.flame > text.head { font-weight: 600; }
        """

    /// What only a page needs.
    static let pageCSS = """
        figure.flame { overflow: hidden; } figure.flame > svg { height: auto; }
        .key { display: inline-block; width: .9em; height: .9em; margin-right: .35em; border-radius: 2px;
          vertical-align: -.1em; }
        .key.layer0 { background: var(--f0); } .key.layer1 { background: var(--f1); }
        .key.layer2 { background: var(--f2); } .key.layer3 { background: var(--f3); }
        .key.layer4 { background: var(--f4); } .key.more { background: var(--fmore); }
        .key.less { background: var(--fless); }
        .find { margin: .25rem 0; display: flex; gap: .5rem; }
        input[type=search], .find button { font: inherit; font-size: .9rem; padding: .2rem .5rem; color: var(--text);
          background: var(--ground); border: 1px solid var(--edge); border-radius: .3rem; min-width: 0; }
        .find input { flex: 0 1 20rem; }
        """

    /// Zooms to what is touched, finds by name, and says what is pointed at. Escape shows all again.
    static let script = """
        function flame(root) {
          const frames = [...root.querySelectorAll(".f")];
          const readout = root.querySelector(".readout");
          const input = root.querySelector("input");
          const of = (f) => ({ x: +f.dataset.x, w: +f.dataset.w, d: +f.dataset.d });
          const say = (text) => { if (readout) readout.textContent = text; };
          const name = (f) => f.querySelector("title").textContent;
          const zoom = (to) => {
            for (const f of frames) {
              const b = of(f);
              const above = b.d <= to.d && b.x <= to.x + 1e-7 && b.x + b.w >= to.x + to.w - 1e-7;
              const inside = b.d >= to.d && b.x >= to.x - 1e-7 && b.x + b.w <= to.x + to.w + 1e-7;
              f.classList.toggle("away", !above && !inside);
              f.classList.toggle("below", above && b.d < to.d);
              const x = above ? 0 : (b.x - to.x) / to.w;
              f.setAttribute("x", (100 * x).toFixed(4) + "%");
              f.setAttribute("width", (above ? 100 : 100 * b.w / to.w).toFixed(4) + "%");
            }
          };
          const all = () => zoom({ x: 0, w: 1, d: 0 });
          const find = () => {
            const text = input.value.trim().toLowerCase();
            let sum = 0, number = 0;
            const hits = [];
            for (const f of frames) {
              const is = text !== "" && f.querySelector("text").textContent.toLowerCase().includes(text);
              f.classList.toggle("hit", is);
              if (!is) continue;
              number += 1;
              const b = of(f);
              // What is inside of another hit counts once.
              if (!hits.some((h) => h.d < b.d && h.x <= b.x + 1e-7 && h.x + h.w >= b.x + b.w - 1e-7)) {
                hits.push(b);
                sum += b.w;
              }
            }
            say(text === "" ? "" : number + " found, together " + (100 * sum).toFixed(1) + " %");
          };
          for (const f of frames) {
            f.addEventListener("click", () => { zoom(of(f)); say(name(f)); });
            f.addEventListener("pointerenter", () => say(name(f)));
          }
          if (input) {
            input.addEventListener("input", find);
            input.addEventListener("keydown", (e) => { if (e.key === "Escape") { input.value = ""; find(); all(); } });
          }
          const button = root.querySelector("button");
          if (button) button.addEventListener("click", () => { if (input) input.value = ""; find(); all(); });
        }
        """

    static let pageScript = """
        \(script)
        for (const figure of document.querySelectorAll("figure.flame")) flame(figure);
        """
}

extension String {
    /// For a file of its own, which the page's variables do not reach.
    var replacingRoot: String {
        self + """

            :root { color-scheme: light dark; --ground: #fff; --text: #1c1e21; }
            @media (prefers-color-scheme: dark) { :root { --ground: #14171a; --text: #e8eaed; } }
            """
    }
}
