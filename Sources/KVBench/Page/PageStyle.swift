/// How a page looks, and what makes its charts answer a finger or a pointer. No other file is loaded.
enum PageStyle {
    static let css = """
        :root { color-scheme: light dark; --ground: #fff; --text: #1c1e21; --quiet: #5c636b; --edge: #d7dbe0; --mark: #fff4d6;
          --c0: #0b62a8; --c1: #b8460e; --c2: #1a7f4b; --c3: #8a3ea8; --c4: #8a6100; --c5: #b0234f; }
        @media (prefers-color-scheme: dark) { :root { --ground: #14171a; --text: #e8eaed; --quiet: #a2a9b1;
          --edge: #3a4047; --mark: #3a3012; --c0: #6cb6ff; --c1: #ff9e64; --c2: #5fd394; --c3: #d2a0f0; --c4: #e6c15c;
          --c5: #ff8fae; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--ground); color: var(--text);
          font: 1rem/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
        p.quiet { color: var(--quiet); margin: 0 0 .25rem; overflow-wrap: anywhere; }
        ul { padding-left: 1.2rem; max-width: 60rem; } li { overflow-wrap: anywhere; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
        figure { margin: 0; padding: .75rem; border: 1px solid var(--edge); border-radius: .5rem; min-width: 0;
          break-inside: avoid; }
        figcaption { font-weight: 600; } figure p.quiet { font-size: .85rem; }
        figure > svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--quiet); font-size: 12px; }
        svg text.x { text-anchor: middle; }
        svg text.y { text-anchor: end; }
        .grid { stroke: var(--edge); stroke-width: 1; }
        ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; padding: 0;
          font-size: .85rem; }
        .legend svg { width: 28px; height: 8px; margin-right: .4rem; vertical-align: middle; }
        [class^=line] { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .line0 { stroke: var(--c0); } .line1 { stroke: var(--c1); stroke-dasharray: 6 3; }
        .line2 { stroke: var(--c2); stroke-dasharray: 2 2; } .line3 { stroke: var(--c3); stroke-dasharray: 9 3 2 3; }
        .line4 { stroke: var(--c4); stroke-dasharray: 12 3; } .line5 { stroke: var(--c5); stroke-dasharray: 4 4; }
        .dot0 { fill: var(--c0); } .dot1 { fill: var(--c1); } .dot2 { fill: var(--c2); } .dot3 { fill: var(--c3); }
        .dot4 { fill: var(--c4); } .dot5 { fill: var(--c5); }
        .band { fill: var(--text); fill-opacity: 0; } .band:hover, .band.here { fill-opacity: .12; }
        .readout { margin: 0; min-height: 2.6em; font-size: .8rem; line-height: 1.3; color: var(--quiet); }
        details { font-size: .9rem; margin: .25rem 0; } summary { cursor: pointer; }
        .scroll { overflow-x: auto; } figure .scroll { max-height: 28rem; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--quiet); padding-bottom: .25rem; }
        th, td { padding: .2rem .8rem .2rem 0; text-align: right; border-bottom: 1px solid var(--edge);
          white-space: nowrap; vertical-align: top; }
        th:first-child { text-align: left; } th { font-weight: 600; } tbody th { font-weight: 400; }
        td small { display: block; color: var(--quiet); }
        .differs { background: var(--mark); } .differs th::before { content: "\\2260\\00a0"; }
        details.print td, details.print th { white-space: normal; overflow-wrap: anywhere; }
        @media (max-width: 30rem) { table { font-size: .8rem; } th, td { padding-right: .5rem; }
          svg text { font-size: 15px; } }
        @media print {
          :root { --ground: #fff; --text: #000; --quiet: #444; --edge: #bbb; --mark: #eee; --c0: #0b62a8; --c1: #b8460e;
            --c2: #1a7f4b; --c3: #8a3ea8; --c4: #8a6100; --c5: #b0234f; }
          body { max-width: none; padding: 0; } .readout, figure details { display: none; }
          .charts { grid-template-columns: 1fr 1fr; } .scroll { overflow: visible; } h2 { break-after: avoid; }
          tr { break-inside: avoid; }
        }
        """

    /// Without it the places of a chart still show their text, where there is a pointer.
    static let script = """
        for (const figure of document.querySelectorAll("figure")) {
          const readout = figure.querySelector(".readout");
          let here = null;
          const show = (event) => {
            const band = document.elementFromPoint(event.clientX, event.clientY);
            if (!band || !band.classList.contains("band") || !figure.contains(band)) return;
            if (here) here.classList.remove("here");
            here = band;
            here.classList.add("here");
            readout.textContent = band.dataset.text;
          };
          figure.addEventListener("pointermove", show);
          figure.addEventListener("pointerdown", show);
        }
        const opened = [];
        addEventListener("beforeprint", () => {
          for (const part of document.querySelectorAll("details.print:not([open])")) { part.open = true; opened.push(part); }
        });
        addEventListener("afterprint", () => { for (const part of opened.splice(0)) part.open = false; });
        """
}
