//! What expressions make of records, what is refused, and that hostile ones end soon, small and with an error.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

fn record() -> Value {
    json!({
        "first": "Ada", "last": " Lovelace ", "amount": "1200", "price": 2.5, "count": 4, "empty": null,
        "tags": ["vip", "press"], "phone": "+44 (20) 7946-0958", "big id": 9_007_199_254_740_991_u64,
        "lines": [{"sku": "a", "price": 2, "quantity": 3}, {"sku": "b", "price": 1.5, "quantity": 2}],
        "properties": {"stage": "3", "owner": {"id": 7}},
    })
}

fn run(source: &str) -> Result<Value, String> {
    Expression::parse(source)?.evaluate(&record(), &json!("the value"))
}

/// On a stack less than half of what any thread of the host has.
fn on_a_small_stack(source: &str) -> Result<Value, String> {
    let source = source.to_owned();
    let thread = std::thread::Builder::new().stack_size(768 << 10);
    thread.spawn(move || run(&source)).unwrap().join().unwrap()
}

#[test]
fn expressions_read_records() {
    for (source, expected) in [
        ("$value", json!("the value")),
        ("$uppercase($value)", json!("THE VALUE")),
        ("first & ' ' & $trim(last)", json!("Ada Lovelace")),
        ("first ~> $uppercase ~> $pad(-5, '.')", json!("..ADA")),
        ("$number(amount) * 2", json!(2400)),
        ("price * count", json!(10)),
        ("missing", json!(null)),
        ("empty", json!(null)),
        ("empty ? 1", json!(null)),
        ("missing ?? 'none'", json!("none")),
        ("amount ? 'yes' : 'no'", json!("yes")),
        ("`big id`", json!(9_007_199_254_740_991_u64)),
        ("tags", json!(["vip", "press"])),
        ("tags[0]", json!("vip")),
        ("tags[-1]", json!("press")),
        ("'vip' in tags", json!(true)),
        ("$join(tags, ', ')", json!("vip, press")),
        ("tags ~> $join('+')", json!("vip+press")),
        ("$map(tags, $uppercase)", json!(["VIP", "PRESS"])),
        (
            "$map(tags, function($tag, $i) { $i & ':' & $tag })",
            json!(["0:vip", "1:press"]),
        ),
        ("$filter(tags, function($tag) { $tag != 'vip' })", json!("press")),
        ("$reduce(lines.price, function($a, $b) { $a + $b })", json!(3.5)),
        ("$sum(lines.(price * quantity))", json!(9)),
        ("lines[price > 1.7].sku", json!("a")),
        ("lines[sku = 'b'].sku[]", json!(["b"])),
        ("lines^(price).sku", json!(["b", "a"])),
        ("lines.[sku, price]", json!([["a", 2], ["b", 1.5]])),
        ("lines.{'s': sku}", json!([{"s": "a"}, {"s": "b"}])),
        ("lines{sku: price}", json!({"a": 2, "b": 1.5})),
        (
            "[first, missing, tags, [1..3], [4]]",
            json!(["Ada", "vip", "press", [1, 2, 3], [4]]),
        ),
        ("{'a': first, 'b': missing}", json!({"a": "Ada"})),
        ("properties.owner.id", json!(7)),
        ("properties.*.id", json!(7)),
        ("$lookup({'3': 'won'}, properties.stage)", json!("won")),
        (
            "($rate := 1.2; $total := price * $rate; $round($total, 1))",
            json!(3),
        ),
        ("$replace(phone, /[^0-9+]/, '')", json!("+442079460958")),
        ("phone.$replace($, /[ ()-]+/, '')", json!("+442079460958")),
        ("$match(phone, /\\d{4}/).match", json!(["7946", "0958"])),
        ("$contains(first, /^a/i)", json!(true)),
        ("$split(first, '')", json!(["A", "d", "a"])),
        ("$toMillis('2026-03-09T00:00:00Z')", json!(1_773_014_400_000_i64)),
        ("$fromMillis(1773014400000, '[Y0001]-[M01]')", json!("2026-03")),
        ("$formatNumber(1234.5, '#,##0.00')", json!("1,234.50")),
        ("$exists(missing) or $not(first = 'Bob')", json!(true)),
        ("lines.price.$string()", json!(["2", "1.5"])),
        ("$$.first & $.first", json!("AdaAda")),
        ("$keys(properties)", json!(["stage", "owner"])),
    ] {
        assert_eq!(run(source), Ok(expected), "{source}");
    }
}

#[test]
fn bad_syntax_is_told_with_its_place() {
    for (source, expected) in [
        ("", "ends too early, after character 0"),
        ("first &", "ends too early, after character 7"),
        ("$join(tags", "ends too early, after character 10"),
        ("first 'x", "ends too early, after character 8"),
        ("'first", "ends too early, after character 6"),
        ("first last", "at character 7"),
        ("first))", "at character 6"),
        ("first & & last", "at character 9"),
        ("é = ]", "at character 5"),
        (")", "at character 1"),
    ] {
        let reason = run(source).unwrap_err();
        assert!(reason.contains(expected), "{source}: {reason}");
    }
}

#[test]
fn what_cannot_be_bounded_is_refused_when_it_is_parsed() {
    for (source, expected) in [
        ("$eval('1')", "must not call `$eval`"),
        ("$e := $eval", "must not use `$eval`"),
        ("$map(tags, $eval)", "must not use `$eval`"),
        ("tags.($eval)", "must not use `$eval`"),
        ("tags ~> $eval", "must not call `$eval`"),
        ("(($eval := 1); $map(tags, $eval))", "another meaning"),
        ("$map(tags, $` charge`)", ""),
        ("$now()", "must not call `$now`"),
        ("$random()", "must not call `$random`"),
        ("$shuffle(tags)", "must not call `$shuffle`"),
        ("$distinct(tags)", "must not call `$distinct`"),
        ("uppercase(first)", "as `$uppercase`"),
        ("$f(1)", "must not call `$f`"),
        ("($f := function($x) { $f($x) }; $f(1))", "a function other than"),
        ("(function($x) { $x })(1)", "a call of a function"),
        ("function($x) { $x }", "a function other than"),
        ("$formatInteger(amount, 'I')", "must not call `$formatInteger`"),
        ("$fromMillis(0, '[Y,9999999-99999999]')", "without a comma"),
        ("$fromMillis(0, first)", "text in quotes"),
        ("first ~> $toMillis('[Y,*-99]')", "without a comma"),
        ("$map(tags, $pad)", "must give `$pad` its arguments"),
        ("$map(tags, $pad(?, 9))", "`?`"),
        (
            "$map(function($f) { 1 }, function($f) { $map($f, $f) })",
            "a function other than",
        ),
        ("$join", "must call `$join`"),
        ("($join := 1; 2)", "another meaning"),
        ("$map(tags, function($pad) { 1 })", "another meaning"),
        ("($value := 1; $value)", "another meaning"),
        ("**.id", "`**`"),
        ("lines.price.%.sku", "`%`"),
        ("lines@$l.sku", "`@`"),
        ("lines#$i.sku", "`#`"),
        ("$ ~> |lines|{'a': 1}|", "`~>`"),
        ("|lines|{'a': 1}|", "`|…|`"),
        ("/a/", "a pattern other than"),
        ("$match(first, /(?=a)/)", "look-around"),
        ("$match(first, /(a)\\1/)", "back references"),
        ("$match(first, /((a{100}){100}){100}/)", "by count"),
        ("$match(first, /(\\w{9}){9}/)", "by count"),
    ] {
        let reason = Expression::parse(source).expect_err(source);
        assert!(reason.contains(expected), "{source}: {reason}");
    }
    let long = format!("'{}'", "é".repeat(MAX_CHARACTERS - 1));
    assert!(
        run(&long)
            .unwrap_err()
            .contains("at most 2000 characters, it has 2001")
    );
    assert!(run(&"x".repeat(MAX_CHARACTERS)).is_ok());
}

#[test]
fn deep_sources_are_refused_without_a_deep_stack() {
    let nested =
        |open: &str, close: &str, times: usize| format!("{}1{}", open.repeat(times), close.repeat(times));
    for source in [
        nested("(", ")", 999),
        nested("[", "]", 999),
        nested("{'a':", "}", 330),
        nested("$string(", ")", 220),
        nested("a[", "]", 660),
        nested("-", "", 1900),
        nested("a?", ":1", 490),
        nested("$map(a,function($x){", "})", 80),
        format!("1{}", "+1".repeat(999)),
        format!("a{}", "&a".repeat(999)),
        format!("a{}", ".(a)".repeat(490)) + "+(((",
        "(".repeat(2000),
        "[".repeat(1999),
        "a.(".repeat(600),
    ] {
        let reason = on_a_small_stack(&source).unwrap_err();
        assert!(
            reason.contains("nested deeper") || reason.contains("too early"),
            "{source}: {reason}"
        );
    }
    assert_eq!(
        on_a_small_stack(&nested("(", ")", MAX_EVALUATION_DEPTH / 5)),
        Ok(json!(1))
    );
}

#[test]
fn hostile_expressions_end_soon_with_the_limit_that_they_broke() {
    let doubled = |start: &str, step: &str, times: usize| format!("{start}{}", step.repeat(times));
    for (source, expected) in [
        ("[1..10000000]".to_owned(), "a range goes"),
        ("[-10000..10000]".to_owned(), "sequence"),
        ("$map([1..10000], function($a) { $map([1..10000], function($b) { $a * $b }) })".to_owned(), "the expression"),
        ("$count([1..10000][[1..10000][$ > 0] > 0])".to_owned(), "the expression"),
        ("$pad('x', 1000000000000)".to_owned(), "`$pad`"),
        ("$map([1..10000], function($i) { $pad('x', 1000) })".to_owned(), "the expression"),
        ("$join([1..90].$string(), $pad('', 1000))".to_owned(), "a separator"),
        ("$replace($pad('', 1000, 'a'), 'a', $pad('', 1000))".to_owned(), "a separator"),
        ("$reduce([1..100], function($s, $i) { $s & $s }, 'xxxxxxxx')".to_owned(), "1 MiB"),
        ("$reduce([1..100], function($s, $i) { [$s, $s] }, 'x')".to_owned(), "1 MiB"),
        ("$reduce([1..100], function($s, $i) { {'a': $s, 'b': $s} }, 'x')".to_owned(), "1 MiB"),
        ("$reduce([1..100], function($s, $i) { $append($s, $s) }, [1, 2])".to_owned(), "the expression"),
        ("$string($reduce([1..40], function($s, $i) { [[$s], [$s]] }, 'x'))".to_owned(), "1 MiB"),
        ("$reduce([1..40], function($s, $i) { [[$s], [$s]] }, 1) = $reduce([1..40], function($s, $i) { [[$s], [$s]] }, 1)".to_owned(), "1 MiB"),
        ("[1..9000].$$".to_owned(), "1 MiB"),
        ("[1..9000].($$)".to_owned(), "1 MiB"),
        ("[1..9000].($map([1..9000], function($i) { $$ }))".to_owned(), "the expression"),
        ("$map([1..9000], function($i) { $$ })".to_owned(), "1 MiB"),
        ("$sift($$, function($v) { $count([1..9000][$ > 0]) > 0 and $count([1..9000][$ > 0]) > 0 and $count([1..9000][$ > 0]) > 0 and $count([1..9000][$ > 0]) > 0 and $count([1..9000][$ > 0]) > 0})".to_owned(), "the expression"),
        (format!("$reduce([1..45], function($s, $i) {{ {}$s{} }}, 1)", "[".repeat(50), "]".repeat(50)), "100 levels"),
        (doubled("($a := [[$$], [$$]];", "$a := [[$a], [$a]];", 60) + "$a)", "1 MiB"),
        (doubled("($a := [$$];", "$a := {'a': $a, 'b': $a};", 40) + "$a)", "1 MiB"),
        (doubled("[first, first]", ".[$, $]", 50), "the expression"),
        (doubled("($a := 'xxxx';", "$a := $a & $a & $a;", 50) + "$a)", "1 MiB"),
        ("$match($pad('', 1000, 'a') & $pad('', 1000, 'a') & $pad('', 1000, 'a') & $pad('', 1000, 'a') & $pad('', 1000, 'a'), /a/)".to_owned(), "4096"),
        ("$split($reduce([1..14], function($s, $i) { $s & $s }, 'xxxxxxxx'), '')".to_owned(), "1 MiB"),
        ("$replace($reduce([1..14], function($s, $i) { $s & $s }, 'xxxxxxxx'), 'x', $pad('', 64, 'y'))".to_owned(), "1 MiB"),
        ("1 / 0".to_owned(), "expression"),
        ("$power(10, 400)".to_owned(), "expression"),
        ("first * 2".to_owned(), "no number (JSONata T2001)"),
        ("$number(first)".to_owned(), "text is no number (JSONata D3030)"),
    ] {
        let expression = Expression::parse(&source).unwrap_or_else(|reason| panic!("{source}: {reason}"));
        let started = Instant::now();
        let result = expression.evaluate(&record(), &json!(null));
        let took = started.elapsed();
        let reason = result.expect_err(&source);
        // On a busy machine, the time may be up before another limit is reached.
        let in_time = reason.contains(expected) || reason.contains("takes longer");
        assert!(in_time && !reason.contains("Ada"), "{source}: {reason}");
        assert!(took < Duration::from_secs(2), "{source}: {took:?}");
        assert!(on_a_small_stack(&source).is_err(), "{source}");
    }
}

#[test]
fn patterns_take_no_more_than_the_square_of_a_short_text() {
    let text = "a".repeat(4000);
    for source in [
        "$match($value, /(a*)*b/)",
        "$match($value, /(a|aa)+$/)",
        "$match($value, /.*[^A-Z]|[A-Z]/)",
        "$match($value, /[a-z]*?b|a/)",
        "$replace($value, /(\\w?){8}(\\w*){8}b|a/, '$0$0$0$0')",
        "$split($value, /(a?a?a?a?a?a?a?a?)*b|a/)",
        "$contains($value, /(a+)+b/)",
    ] {
        let expression = Expression::parse(source).unwrap();
        let started = Instant::now();
        let _either = expression.evaluate(&json!({}), &json!(text));
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "{source}: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn numbers_and_pictures_at_their_ends_do_no_harm() {
    for source in [
        "$formatBase(1e308, 2)",
        "$formatNumber(1e308, '#,##0.00')",
        "$formatNumber(1, '0.000000000000000000000000000000000000000000000e000')",
        "$fromMillis(1e300)",
        "$fromMillis(-1e18, '[Y]')",
        "$fromMillis(8640000000000000, '[Yw] [YI] [MNn] [D1o] [dwo] [F] [W] [w] [X] [x] [H#1] [h] [P] [m] [s] [f] [Z] [z] [E]')",
        "$fromMillis(-8000000000000, '[YI]')",
        "$fromMillis(0, '[Y00000000000000000000000000000000000000000000000]')",
        "$fromMillis(0, '[Y]', '+99999999')",
        "$fromMillis(0, '[Y')",
        "$toMillis('9999999999999999', '[Y]')",
        "$toMillis('MMMMMMMM', '[YI]')",
        "$toMillis('nine hundred and ninety-nine', '[Yw]')",
        "$toMillis('32-13-x', '[D]-[M]-[Y]')",
        "$toMillis('é', '[X][x][W][w][F][P][z][Z][f][E][C]')",
        "$formatNumber(1, '')",
        "$formatNumber(-1e300, '#,#,#,#,#.#;(0)')",
        "$formatNumber(5, '0%', {'percent': 'é', 'zero-digit': '٠'})",
        "$formatNumber(5, '0', {'zero-digit': '', 'decimal-separator': '..'})",
        "$substring('abc', -1e300, 1e300)",
        "$round(1.5, 1e9)",
        "$round(1.5, -1e9)",
        "$split('abc', '', 1e300)",
        "$split('abc', '', -1)",
        "$replace('abc', 'b', 'c', 1e300)",
        "$power(1e300, 1e300)",
        "$base64decode('====')",
        "$decodeUrl('%')",
        "$substring('\\ud83d\\ude00', 1)",
        "$pad('x', -1e300)",
        "$sqrt(-1)",
        "1 % 0",
        "[1.5..2]",
        "tags[1e300]",
        "tags[[1..3]]",
        "$merge(1)",
        "$sort([1, 'a'])",
    ] {
        let started = Instant::now();
        let _either = on_a_small_stack(source);
        assert!(started.elapsed() < Duration::from_secs(2), "{source}");
    }
}

#[test]
fn a_large_record_is_refused_rather_than_copied_about() {
    let expression = Expression::parse("$count(list)").unwrap();
    let record = |elements: usize| json!({"list": vec![0; elements]});
    assert_eq!(
        expression.evaluate(&record(10_000), &json!(null)),
        Ok(json!(10_000))
    );
    let reason = expression.evaluate(&record(100_000), &json!(null)).unwrap_err();
    assert!(reason.contains("1 MiB"), "{reason}");
}

#[test]
fn an_expression_can_be_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<Expression>();
}
