"""The report of bench/run as one HTML file, which needs no other and no network."""

import html
import pathlib
import statistics

STYLE = """
:root { --back: #fff; --text: #1c2024; --faint: #5b6470; --rule: #d8dde3;
  --native: #6b7280; --march-native: #9aa3ae; --interpreter: #b45309; --baseline: #2563eb;
  --optimizing: #0f766e; --auto: #9333ea; --other: #be185d; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e8ea; --faint: #9aa4b0;
  --rule: #333a42; --native: #9ca3af; --march-native: #737c88; --interpreter: #f59e0b;
  --baseline: #60a5fa; --optimizing: #2dd4bf; --auto: #c084fc; --other: #f472b6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 40px 0 4px; }
h3 { font-size: 15px; margin: 24px 0 6px; } p { margin: 4px 0; } pre { font-size: 12px; margin: 8px 0; }
.faint { color: var(--faint); } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 3px 14px 3px 0; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; color: var(--faint); }
tr.mean td { font-weight: 600; }
.bars { margin: 0 0 20px; display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; font-size: 13px; align-items: center; }
.bars i { display: inline-block; height: 12px; border-radius: 2px; vertical-align: -1px; margin-right: 6px; }
"""
COLOURS = ("native", "march-native", "interpreter", "baseline", "optimizing", "auto")


def _colour(engine):
    return f"var(--{engine if engine in COLOURS else 'other'})"


def _table(columns, rows, last_is_mean=False):
    """`rows` are lists of texts; the first column is the name."""
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = ""
    for number, row in enumerate(rows):
        mark = ' class="mean"' if last_is_mean and number == len(rows) - 1 else ""
        body += f"<tr{mark}>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>\n"
    return (f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}'
            "</tbody></table></div>\n")


def _spread(figure, form="{:.2f}"):
    texts = [form.format(figure[key]) for key in ("median", "min", "max")]
    return f"{texts[0]} ({texts[1]}..{texts[2]})"


def _engines(groups):
    """The names of all engines, in the order in which they were measured."""
    names = {}
    for group in groups.values():
        for figures in group["results"].values():
            names.update(dict.fromkeys(name for name in figures if name != "native"))
    return list(names)


def _bars(means):
    """Bars by engine; the longest is as wide as the page."""
    longest = max([1.0, *means.values()])
    bars = '<div class="bars">'
    for engine, mean in {"native": 1.0, **means}.items():
        bars += (f"<span>{html.escape(engine)}</span><span>"
                 f'<i style="width: {70 * mean / longest:.1f}%; background: {_colour(engine)}"></i>'
                 f"{mean:.2f}</span>")
    return bars + "</div>\n"


def _means(groups, engines):
    rows = []
    for name, group in groups.items():
        for key, twin in (("geometric_mean", "-O2" if name == "kernels" else "-O3"),
                          ("geometric_mean_to_march_native", "-march=native")):
            rows.append([f"{name} to {twin}", str(len(group["results"])),
                         *[f"{group[key][engine]:.2f}" if engine in group[key] else "-" for engine in engines]])
    return _table(["geometric mean of CPU time", "programs", *engines], rows)


def _group(group, engines):
    rows = []
    for label, figures in group["results"].items():
        row = [label, f"{figures['native']['cpu']['median']:.3f} s"]
        row += [_spread(figures[engine]["ratio"]) if engine in figures else "-" for engine in engines]
        rows.append(row)
    means = group["geometric_mean"]
    totals = group["total"]
    rows.append(["total time", "", *[f"{totals[engine]['ratio']:.2f}" if engine in totals else "-" for engine in engines]])
    rows.append(["geometric mean", "", *[f"{means[engine]:.2f}" if engine in means else "-" for engine in engines]])
    return (f"<h3>{html.escape(group['title'])}</h3>\n"
            + _table(["ratio of CPU time, median (min..max)", "native", *engines], rows, last_is_mean=True))


def _suite(name, suite):
    engines = _engines(suite["groups"])
    text = f"<h2>{html.escape(name)}</h2>\n"
    if "programs" in suite["groups"]:
        text += "<h3>programs by native -O3, geometric mean of CPU time</h3>\n"
        text += _bars(suite["groups"]["programs"]["geometric_mean"])
    text += _means(suite["groups"], engines)
    text += "".join(_group(group, engines) for group in suite["groups"].values())
    if suite["vector_gains"]:
        columns = ["native", *engines]
        rows = [[label, *[f"{gains[column]:.2f}" if column in gains else "-" for column in columns]]
                for label, gains in suite["vector_gains"].items()]
        text += "<h3>what vectors gain: time without by time with</h3>\n" + _table(["", *columns], rows)
    return text


def _hello(hello):
    rows = [[name, _spread(own["wall_ms"]), _spread(own["cpu_ms"]),
             f"{own['peak_kilobytes']['median'] / 1024:.1f}"] for name, own in hello.items()]
    return ("<h2>hello world, whole process</h2>\n"
            + _table(["", "wall ms", "CPU ms", "resident MB"], rows))


def _micro(micro):
    rows = [[name, f"{statistics.median(own['runs']):.3g} {own['unit']}",
             f"{min(own['runs']):.3g}..{max(own['runs']):.3g}"] for name, own in micro.items()]
    return "<h2>micro benchmarks</h2>\n" + _table(["", "median", "min..max"], rows)


def render(report):
    machine = report["machine"]
    about = "{processor}, {processors} processors, {system}, load {load:.2f}, {time}".format(**machine)
    body = "".join(_suite(name, suite) for name, suite in report["suites"].items())
    if "hello" in report:
        body += _hello(report["hello"])
    if "micro" in report:
        body += _micro(report["micro"])
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>wasm-tier: benchmarks</title>\n'
            f"<style>{STYLE}</style></head><body><main>\n<h1>wasm-tier: benchmarks</h1>\n"
            f'<p class="faint">{html.escape(about)}; {report["rounds"]} rounds</p>\n'
            f'<pre class="faint">{html.escape(machine["engine"])}</pre>\n{body}</main></body></html>\n')


def save(report, path):
    pathlib.Path(path).write_text(render(report), encoding="utf-8")
