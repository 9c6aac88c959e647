//! Charts as SVG text.

use std::fmt::Write as _;

/// A bar of a bar chart.
pub(crate) struct Bar {
    /// Bars of a group stand together under its name.
    pub(crate) group: String,
    pub(crate) label: String,
    pub(crate) value: f64,
    /// How far the measurements lie apart.
    pub(crate) low: f64,
    pub(crate) high: f64,
}

const WIDTH: f64 = 860.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 90.0;
const LINE: f64 = 22.0;

/// A line of a line chart.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Height of a line chart.
const HEIGHT: f64 = 420.0;
const COLOURS: [&str; 2] = ["#3267a8", "#b0412e"];

/// Lines over one axis, with a logarithmic scale upwards: latencies past saturation would hide all others.
pub(crate) fn lines(title: &str, all: &[Line]) -> String {
    let points = || all.iter().flat_map(|line| &line.points);
    let widest = points().map(|point| point.0).fold(1.0, f64::max);
    let lowest = points()
        .map(|point| point.1)
        .fold(f64::MAX, f64::min)
        .max(0.01)
        .log10()
        .floor();
    let highest = points()
        .map(|point| point.1)
        .fold(0.1, f64::max)
        .log10()
        .ceil()
        .max(lowest + 1.0);
    let x = |value: f64| 70.0 + value / widest * (WIDTH - 160.0);
    let y = |value: f64| {
        let part = (value.max(0.01).log10() - lowest) / (highest - lowest);
        part.mul_add(-(HEIGHT - 100.0), HEIGHT - 50.0)
    };
    let mut svg = head(title, HEIGHT);
    let mut power = lowest;
    while power <= highest {
        let value = 10_f64.powf(power);
        rule(&mut svg, (x(0.0), y(value)), (x(widest), y(value)));
        text(
            &mut svg,
            62.0,
            y(value) + 4.0,
            "end",
            "normal",
            &value.to_string(),
        );
        power += 1.0;
    }
    for part in 0..=4 {
        let value = widest * f64::from(part) / 4.0;
        text(
            &mut svg,
            x(value),
            HEIGHT - 25.0,
            "middle",
            "normal",
            &format!("{value:.0}"),
        );
    }
    for (line, colour) in all.iter().zip(COLOURS.iter().cycle()) {
        let path: Vec<String> = line
            .points
            .iter()
            .map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value)))
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/>"#,
            path.join(" ")
        );
        if let Some((at, value)) = line.points.last() {
            text(
                &mut svg,
                x(*at) + 6.0,
                y(*value) + 4.0,
                "start",
                "bold",
                &line.name,
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn rule(svg: &mut String, from: (f64, f64), to: (f64, f64)) {
    let _ = writeln!(
        svg,
        r##"<path d="M{:.1} {:.1}L{:.1} {:.1}" stroke="#d0d0d0"/>"##,
        from.0, from.1, to.0, to.1
    );
}

/// Horizontal bars, with a whisker from the lowest to the highest measurement.
pub(crate) fn bars(title: &str, bars: &[Bar]) -> String {
    let groups = bars.chunk_by(|one, other| one.group == other.group);
    let count = groups.clone().count();
    let height = 40.0 + LINE * (bars.len() + 2 * count) as f64;
    let most = bars.iter().map(|bar| bar.high).fold(1.0, f64::max);
    let x = |value: f64| LEFT + value / most * (WIDTH - LEFT - RIGHT);
    let mut svg = head(title, height);
    let mut y = 40.0;
    for group in groups {
        y += LINE;
        let name = group.first().map(|bar| bar.group.as_str()).unwrap_or_default();
        text(&mut svg, 10.0, y, "start", "bold", name);
        for bar in group {
            y += LINE;
            one_bar(&mut svg, bar, y, &x);
        }
        y += LINE;
    }
    svg.push_str("</svg>\n");
    svg
}

fn one_bar(svg: &mut String, bar: &Bar, y: f64, x: &impl Fn(f64) -> f64) {
    let colour = if bar.label.starts_with("ours") {
        "#3267a8"
    } else {
        "#9a9a9a"
    };
    let (left, right, middle) = (x(0.0), x(bar.value), y - 5.0);
    let (low, high) = (x(bar.low), x(bar.high));
    text(svg, LEFT - 8.0, y, "end", "normal", &bar.label);
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        r#"<rect x="{left:.1}" y="{:.1}" width="{:.1}" height="14" fill="{colour}"/>"#,
        y - 12.0,
        right - left
    );
    let _ = writeln!(
        svg,
        r#"<path d="M{low:.1} {middle:.1}H{high:.1}" stroke="black" stroke-width="1.5"/>"#
    );
    text(
        svg,
        right.max(high) + 6.0,
        y,
        "start",
        "normal",
        &format!("{:.0}", bar.value),
    );
}

fn head(title: &str, height: f64) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    text(&mut svg, 10.0, 24.0, "start", "bold", title);
    svg
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, weight: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-weight="{weight}">{words}</text>"#
    );
}

#[cfg(test)]
mod tests {
    use super::{Bar, Line, bars, lines};

    fn bar(group: &str, label: &str, value: f64) -> Bar {
        Bar {
            group: group.to_owned(),
            label: label.to_owned(),
            value,
            low: value - 1.0,
            high: value + 1.0,
        }
    }

    #[test]
    fn ten_times_the_latency_is_one_step_up() {
        let points = vec![(0.0, 1.0), (50.0, 10.0), (100.0, 100.0)];
        let svg = lines(
            "Latency",
            &[Line {
                name: "p50".to_owned(),
                points,
            }],
        );
        assert!(
            svg.contains(r#"points="70.0,370.0 420.0,210.0 770.0,50.0""#),
            "{svg}"
        );
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let svg = bars(
            "A & B",
            &[
                bar("one", "ours", 49.0),
                bar("one", "other", 24.0),
                bar("two", "ours", 9.0),
            ],
        );
        assert!(svg.contains("A &amp; B") && svg.ends_with("</svg>\n"));
        let width = |nth: usize| {
            let rect = svg.split("<rect x=").nth(nth).unwrap();
            let text = rect.split("width=\"").nth(1).unwrap().split('"').next().unwrap();
            text.parse::<f64>().unwrap()
        };
        assert!((width(1) - 49.0 * 12.4).abs() < 0.2, "{svg}");
        assert!((width(2) - 24.0 * 12.4).abs() < 0.2, "{svg}");
        assert_eq!(svg.matches("font-weight=\"bold\"").count(), 3);
    }
}
