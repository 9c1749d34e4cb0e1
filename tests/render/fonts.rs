//! The families, and files of the user: what each draws, and that all formats draw the same.

use super::*;

/// The fonts of every family, and of files: one with and one without a face of its kind behind it.
fn all() -> Vec<(&'static str, Fonts)> {
    let mut all: Vec<_> = Family::ALL.map(|family| (family.name(), Fonts::of(family))).into();
    let file = Fonts::with_file(monospaced()).expect("a font");
    all.push(("a monospaced file", file));
    // Libertinus Serif Semibold, which is not of the family.
    let file = Fonts::with_file_and(shipped(4), Family::Libertinus).expect("a font");
    all.push(("a file with serifs", file));
    all
}

/// DejaVu Sans Mono, which no family uses.
fn monospaced() -> Vec<u8> {
    shipped(16)
}

/// A font of the crate that has some of the families.
fn shipped(index: usize) -> Vec<u8> {
    typst_assets::fonts().nth(index).expect("a font that the crate has").to_vec()
}

/// Labels of figures, and every construction of the mathematics.
const SAMPLES: [&str; 16] = [
    r"$t = 15$  steepest rise ends, ELBO −6,253.3; first fit, effect, flow, 95 % of 1,000 points",
    r"$q(\mu_k) = \mathcal{N}(\mu_k \mid m_k, s_k^2)$, $\KL(q\|p) \ge 0$, $\mathbb{E}_q[\log p(x, z)]$",
    r"$\ln K!$, $\sigma^2 = 10^{-4}$, $\hat\mu_k$, $\bar x$, $\tilde\Sigma^{-1}$, $\vec v$, $\dot f$, $\ddot x$, $\hat T$, $\bar{h}$, $\hat{x}_i$",
    r"$\mathbf{x}_i \in \mathbb{R}^2$, $\boldsymbol{\mu}_k$, $\boldsymbol\Sigma$, $\mathcal{L}(q)$, $\mathcal{ABDGN}$, $\mathbb{ENPRZ}$",
    r"$\sum_{i=1}^{N} \log \sum_k \pi_k \phi_{ik} \leq \int f(x)\,dx \to \infty$, $a \times b \cdot c - d \pm e$",
    r"$\alpha\beta\gamma\delta\epsilon\varepsilon\zeta\eta\theta\vartheta\iota\kappa\lambda\mu\nu\xi\pi\varpi\rho\varrho\sigma\varsigma\tau\upsilon\phi\varphi\chi\psi\omega$",
    r"$\Gamma\Delta\Theta\Lambda\Xi\Pi\Sigma\Upsilon\Phi\Psi\Omega$, $abcdefghijklmnopqrstuvwxyz$",
    r"$e^{x^{2_k}}$, $A^T_k$, $\Sigma_k^{-1}$, $V_j^\top$, $(x - m)^T$, $f(x)$, $f'$, $x_i'$, $T(V)$, $|f|$, $f_j^2$, $[f, V]$",
    r"$\sqrt{2\pi\sigma^2}$, $\sqrt x$, $\sqrt{\hat y_k^{2^n}}$, $\frac{1}{\sqrt{2\pi}}e^{-\frac{x^2}{2}}$, $\frac{p(x)}{q(x)}$, $\frac{a+b}{c}$",
    r"$\left( x^{2^n} \right)$, $\left[ \sum_{i=1}^{N_k} x_i \right]^2$, $\left\{ \sqrt{x} \right\}$, $\left. f \right|_{x=0}$, $\left\| \mathbf{x} \right\|_2$",
    r"$x \sim p$, $p \propto q$, $a \approx b$, $c \le d$, $e \ge f$, $g \ne h$, $A \subset B$, $A \cup B$, $a \Rightarrow b \leftarrow c$",
    r"$\nabla_\theta \mathcal{L}$, $\partial_x f$, $\log x$, $\exp(-x)$, $\arg\max_k r_{ik}$, $\det \Sigma$, $\Pr(A)$, $x_1, \ldots, x_n$, $\forall x \exists y$",
    r"$-b$, $a-b$, $2\,\mathrm{d}x$, $x \mid y$, $K = 3$, $k=1$, $\lfloor x \rfloor$, $a \mapsto b$, $\langle f, g \rangle$, $\perp$, $\emptyset$",
    r"Straße, naïve, Gödel, Čebyšëv, Łukasiewicz, “quoted” – dash — ‘single’ … 20 °C, µ, ½",
    r"×, −, ±, ≤, ≥, ≠, ≈, ∼, ∝, ∥, ℒ, ℝ, 𝔼, →, ⇒, ∞, ∂, ∇, ∑, ∏, ∫, √, α, β, μ, Σ, Ω, ⊙, ⊆, ⌊x⌋",
    r"Привет, Ελληνικά, x̂ ŷ",
];

/// A sheet of the samples, regular and bold, and a few large ones.
fn families(fonts: &Fonts, name: &str) -> Drawing {
    let mut canvas = Canvas::new(fonts, 1000.0, 480.0, Color::WHITE, name);
    for (i, line) in SAMPLES.iter().enumerate() {
        let y = 24.0 + 21.0 * i as f64;
        canvas.text((12.0, y), line, &TextStyle::new(12.0, INK));
        canvas.text((520.0, y), line, &TextStyle::new(12.0, INK).bold());
    }
    let large = TextStyle::new(30.0, INK);
    canvas.text(
        (12.0, 385.0),
        r"$\hat f(x) = \sqrt{\mu_k^2} + \left(x^{2^n}\right)_j$, first $fi_k'$",
        &large,
    );
    canvas.text((12.0, 430.0), r"$\bar x \sim \mathcal{N}(\boldsymbol{\mu}, \sigma^2)$, $\vec T, \tilde V, \dot h$, $q(z|x)$", &large);
    canvas.text(
        (520.0, 385.0),
        r"$\mathbb{E}_q[\log p(x, z)]$, $\frac12 x^\top\Sigma^{-1}x$",
        &large,
    );
    canvas.text(
        (520.0, 430.0),
        r"$\sum_{i=1}^N \int f_i \le \prod_j V_j' \to \infty$",
        &large.bold(),
    );
    canvas.text((990.0, 400.0), r"up $\mu_k$", &TextStyle::new(13.0, INK).up());
    canvas.finish()
}

#[test]
fn outlines_and_live_text_agree_in_every_family() {
    for (name, fonts) in all() {
        let drawing = families(&fonts, "s");
        let outlines = outlines(&drawing, &fonts);
        // The means are 0.003 to 0.007, and 0.7 where half of the lines are moved.
        let (mean, largest) = difference(&outlines, &drawing, &fonts);
        assert!(mean < 0.02 && largest < 70, "{name}: {mean} {largest}");
        let moved = outlines.replace("translate(12 ", "translate(12.1 ");
        let (mean, _) = difference(&moved, &drawing, &fonts);
        assert!(mean > 0.2, "{name}: {mean}");
    }
}

#[test]
fn texts_of_every_family_are_as_large_as_measured() {
    let style = TextStyle::new(40.0, Color::BLACK);
    for (name, fonts) in all() {
        for text in [
            "HxgH",
            "AVAVA",
            r"$H\sqrt{x_k^2}$",
            r"$\left(H^{2^n}\right)$",
            r"$\hat x \sim \mathcal{N}$",
        ] {
            fonts.parse(text).unwrap();
            let ([_, top, _, bottom], claimed) = ink(&fonts, text, &style);
            // Half a pixel is 0.125 points, and the thin ends of brackets are too light to count.
            assert!((top - claimed.top).abs() < 0.5, "{name}, {text}: {top} {claimed:?}");
            assert!((bottom - claimed.bottom).abs() < 0.5, "{name}, {text}: {bottom} {claimed:?}");
        }
        for before in
            ["H", "AV", "first", r"$\mu_k f$", r"$\sqrt{2\pi}$", r"$\left(f\right)\vec T$"]
        {
            let ([_, _, right, _], _) = ink(&fonts, &format!("{before}H"), &style);
            let ([_, _, alone, _], _) = ink(&fonts, "H", &style);
            // With the kerning before H, which some faces have.
            let width = fonts.measure(&format!("{before}H"), &style).width
                - fonts.measure("H", &style).width;
            assert!(
                (right - alone - width).abs() < 0.3,
                "{name}, {before}: {} {width}",
                right - alone
            );
        }
        assert!(
            (fonts.cap_height(&style) - fonts.measure("H", &style).ascent).abs() < 0.1,
            "{name}"
        );
        assert!((fonts.x_height(&style) - fonts.measure("x", &style).ascent).abs() < 0.1, "{name}");
    }
}

#[test]
fn no_family_loses_a_character() {
    for (name, fonts) in all() {
        for text in SAMPLES {
            fonts.parse(text).unwrap();
        }
        // Characters that none of the serif faces has.
        fonts.parse("\u{2654} \u{2713} \u{25B6}").unwrap();
        let error = fonts.parse("a 漢").unwrap_err();
        assert!(error.hint.contains("DejaVu Sans"), "{name}: {}", error.hint);
        assert_eq!(error.hint.contains("that of the file"), name.contains("file"), "{name}");
        assert_eq!(error.hint.contains("Libertinus"), fonts.family() == Family::Libertinus);
    }
}

#[test]
fn every_family_embeds_its_own_faces() {
    for (family, faces) in [
        (Family::DejavuSans, ["DejaVuSans", "DejaVuSans-Oblique", "DejaVuSans-Bold"]),
        (
            Family::Libertinus,
            ["LibertinusSerif-Regular", "LibertinusSerif-Italic", "LibertinusSerif-Bold"],
        ),
        (Family::NewComputerModern, ["NewCM10-Regular", "NewCMMath-Regular", "NewCM10-Bold"]),
    ] {
        let fonts = Fonts::of(family);
        let mut canvas = Canvas::new(&fonts, 200.0, 50.0, Color::WHITE, "f");
        canvas.text((10.0, 20.0), r"first $x_k$ $\mathbf{m}$", &TextStyle::new(12.0, INK));
        let file = files_in(&canvas.finish(), &fonts, &[Format::Pdf], 72.0).unwrap().remove(0);
        let pdf = String::from_utf8_lossy(&file);
        for face in faces {
            assert!(pdf.contains(&format!("+{face}")), "{face}");
        }
        assert_eq!(pdf.contains("DejaVu"), family == Family::DejavuSans);
        assert!(pdf.contains("/ToUnicode"));
    }
}

#[test]
fn fi_is_one_glyph_in_words_and_two_in_mathematics() {
    for (name, fonts) in all() {
        let glyphs = |text: &str| {
            let mut canvas = Canvas::new(&fonts, 100.0, 50.0, Color::WHITE, "f");
            canvas.text((10.0, 20.0), text, &TextStyle::new(12.0, INK));
            outlines(&canvas.finish(), &fonts).matches("<use ").count()
        };
        // A monospaced font has no ligatures.
        assert_eq!(glyphs("fi"), if name.contains("mono") { 2 } else { 1 }, "{name}");
        assert_eq!(glyphs("$fi$"), 2, "{name}");
        assert_eq!(glyphs(r"$\text{fi}$"), glyphs("fi"), "{name}");
        assert_eq!(glyphs("$fi_k ff$"), 5, "{name}");
    }
}

#[test]
fn ids_are_unique_with_all_faces_in_one_drawing() {
    for (name, fonts) in all() {
        let text = outlines(&families(&fonts, "s"), &fonts);
        let document = usvg::roxmltree::Document::parse(&text).unwrap();
        let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name}");
        assert!(!text.contains("<text"));
    }
}

#[test]
fn leaning_letters_keep_clear_of_what_follows() {
    let style = TextStyle::new(100.0, INK);
    for family in [Family::Libertinus, Family::NewComputerModern] {
        let fonts = Fonts::of(family);
        let width = |text: &str| fonts.measure(text, &style).width;
        // The top of f reaches far beyond its advance: a subscript goes under it, nothing else.
        let f = width("$f$");
        assert!(width("$f)$") > f + width("$)$") - 1e-9);
        assert!(width("$f_i$") < f + width("${}_i$") - 1.0);
        // Marks do not push what follows away, unless they would touch it.
        assert!(width(r"$\hat f)$") < width("$f)$") + 5.0);
    }
}

#[test]
fn roots_and_brackets_grow_with_what_they_enclose() {
    let style = TextStyle::new(100.0, INK);
    for (name, fonts) in all() {
        let of = |text: &str| fonts.measure(text, &style);
        assert!(of(r"$\sqrt{x}$").ascent > of("$x$").ascent + 8.0, "{name}");
        assert!(of(r"$\sqrt{x^{2^n}}$").ascent > of("$x^{2^n}$").ascent + 8.0, "{name}");
        assert!(of(r"$\sqrt{x}$").ascent - of(r"$\sqrt{H}$").ascent < 1e-9, "{name}");
        assert!(of(r"$\sqrt{xx}$").width > of(r"$\sqrt{x}$").width + 30.0, "{name}");
        assert!((of(r"$\left(x\right)$").width - of("$(x)$").width).abs() < 1e-9, "{name}");
        let tall = r"\sqrt{\sqrt{\sqrt{x^{2^n}}}}";
        assert!(
            of(&format!(r"$\left({tall}\right)$")).descent > of(&format!("$({tall})$")).descent,
            "{name}"
        );
        assert!((of(r"$\left.x\right.$").width - of("$x$").width).abs() < 1e-9, "{name}");
        // Spaces beside brackets are those of brackets.
        let apart = of(r"$\log(x)$").width - of(r"$\log\left(x\right)$").width;
        assert!(apart.abs() < 1e-9, "{name}");
    }
}

#[test]
fn a_file_sets_text_and_the_family_behind_it_mathematics() {
    let fonts = Fonts::with_file(monospaced()).unwrap();
    let style = TextStyle::new(10.0, INK);
    // All characters of the file are 1233 of 2048 units wide, those of bold text too.
    for style in [style, style.bold()] {
        let width = fonts.measure("iM1", &style).width;
        assert!((width - 30.0 * 1233.0 / 2048.0).abs() < 1e-9, "{width}");
    }
    let families = |text: &str| {
        let mut canvas = Canvas::new(&fonts, 100.0, 50.0, Color::WHITE, "f");
        canvas.text((10.0, 20.0), text, &style);
        let text = outlines(&canvas.finish(), &fonts);
        let names = text.match_indices("<path id=\"f--").map(|(at, start)| {
            let name = text[at + start.len()..].chars();
            name.take_while(char::is_ascii_alphabetic).collect::<String>()
        });
        names.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(families("text 1 = 2"), "f");
    assert_eq!(families("$2 + 3$"), "f");
    assert_eq!(families(r"$x\mu$"), "o");
    assert_eq!(families(r"$\mathbf{x}$"), "b");
    assert_eq!(families(r"$\boldsymbol{x}$"), "bo");
    assert_eq!(families(r"$\mathcal{N}$"), "s");
    // A character that the file lacks.
    assert_eq!(families("\u{1D538}"), "r");
}

#[test]
fn a_file_that_is_no_font_is_an_error() {
    // Without the table of a name, as the directory at the start of the file lists them.
    let without = |table: &[u8; 4]| {
        let mut font = monospaced();
        let at = font.windows(4).position(|tag| tag == table).unwrap();
        font[at..at + 4].copy_from_slice(b"none");
        font
    };
    for (bytes, message) in [
        (vec![], "the font file is empty"),
        (b"schema = 1".to_vec(), "the file is no font"),
        (b"wOF2....".to_vec(), "the file is a web font (WOFF)"),
        (b"%!PS-AdobeFont-1.0".to_vec(), "the file is a Type 1 font"),
        (monospaced()[..100].to_vec(), "the file is no font"),
        (without(b"glyf"), "the font has no outlines of letters or digits"),
        (without(b"cmap"), "the font has no outlines of letters or digits"),
        (without(b"name"), "the font has no name"),
    ] {
        let error = Fonts::with_file(bytes).err().unwrap();
        assert!(error.starts_with(message), "{error}");
        assert!(error.contains("; hint: "), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// A damaged font is an error, or is drawn or refused by each format; never a panic.
    #[test]
    fn a_damaged_file_is_safe(
        length in 0..=340_712_usize,
        damage in prop::collection::vec((0..340_712_usize, any::<u8>()), 0..40),
        in_tables in any::<bool>(),
    ) {
        let mut font = monospaced();
        for (at, value) in damage {
            let at = if in_tables { at % 300 } else { at % font.len() };
            font[at] = value;
        }
        if !in_tables {
            font.truncate(length.max(300));
        }
        if let Ok(fonts) = Fonts::with_file(font) {
            let mut canvas = Canvas::new(&fonts, 100.0, 50.0, Color::WHITE, "f");
            canvas.text((10.0, 20.0), r"first $x_k = \sqrt{2}$", &TextStyle::new(12.0, INK));
            let drawing = canvas.finish();
            usvg::roxmltree::Document::parse(&outlines(&drawing, &fonts)).unwrap();
            let _ = files_in(&drawing, &fonts, &[Format::Png, Format::Pdf], 72.0);
        }
    }
}

#[test]
#[ignore = "writes a sheet for each family to the folder of the build, to look at it"]
fn write_families() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut all: Vec<_> = Family::ALL
        .into_iter()
        .map(|family| (family.name().to_owned(), Fonts::of(family)))
        .collect();
    if let Some(path) = std::env::var_os("ELBOW_FONT_FILE") {
        let bytes = std::fs::read(path).unwrap();
        all = Family::ALL
            .into_iter()
            .map(|family| {
                let fonts = Fonts::with_file_and(bytes.clone(), family).unwrap();
                (format!("file-{}", family.name()), fonts)
            })
            .collect();
    }
    for (name, fonts) in all {
        let formats = [Format::Svg, Format::Png, Format::Pdf];
        let files = files_in(&families(&fonts, "s"), &fonts, &formats, 150.0).unwrap();
        for (format, bytes) in formats.iter().zip(files) {
            let path = folder.join(&name).with_extension(format.extension());
            std::fs::write(&path, bytes).unwrap();
            println!("{}", path.display());
        }
    }
}
