//! Plane rotations and the decomposition of 2 x 2 triangles: LAPACK's `dlartg`, `dlas2`, `dlasv2`.

/// LAPACK's relative machine precision: half the distance from 1 to the next number.
pub(super) const PRECISION: f64 = f64::EPSILON / 2.0;

/// The cosine and sine that turn `(f, g)` into `(r, 0)`, and r, which has the sign of f (the
/// convention of LAPACK 3.10 and later).
pub(super) fn rotation(f: f64, g: f64) -> (f64, f64, f64) {
    if g == 0.0 {
        return (1.0, 0.0, f);
    }
    if f == 0.0 {
        return (0.0, 1.0_f64.copysign(g), g.abs());
    }
    let length = (f * f + g * g).sqrt();
    let r = length.copysign(f);
    (f.abs() / length, g / r, r)
}

/// The smaller singular value of the triangle `[[f, g], [0, h]]`.
pub(super) fn smaller_singular_value(f: f64, g: f64, h: f64) -> f64 {
    let (g, small, large) = (g.abs(), f.abs().min(h.abs()), f.abs().max(h.abs()));
    if small == 0.0 {
        return 0.0;
    }
    let sum = 1.0 + small / large;
    let difference = (large - small) / large;
    if g < large {
        let ratio = (g / large) * (g / large);
        let c = 2.0 / ((sum * sum + ratio).sqrt() + (difference * difference + ratio).sqrt());
        return small * c;
    }
    let ratio = large / g;
    if ratio == 0.0 {
        return (small * large) / g;
    }
    let (a, b) = (sum * ratio, difference * ratio);
    let c = 1.0 / ((1.0 + a * a).sqrt() + (1.0 + b * b).sqrt());
    2.0 * ((small * c) * ratio)
}

/// The decomposition of a 2 x 2 triangle.
pub(super) struct Triangle {
    /// The singular value of larger absolute value; either may be negative.
    pub(super) larger: f64,
    /// The other one.
    pub(super) smaller: f64,
    /// The right rotation's cosine.
    pub(super) cosine: f64,
    /// The right rotation's sine.
    pub(super) sine: f64,
}

/// Which entry of the triangle has the largest absolute value.
enum Largest {
    F,
    G,
    H,
}

/// Decomposes the triangle `[[f, g], [0, h]]`.
pub(super) fn decompose_triangle(f: f64, g: f64, h: f64) -> Triangle {
    // Everything below is written for |f| >= |h|.
    let swapped = h.abs() > f.abs();
    let mut largest = if swapped { Largest::H } else { Largest::F };
    let (ft, ht) = if swapped { (h, f) } else { (f, h) };
    let (fa, ga, ha) = (ft.abs(), g.abs(), ht.abs());
    let (smaller, larger, left, right);
    if ga == 0.0 {
        (smaller, larger, left, right) = (ha, fa, (1.0, 0.0), (1.0, 0.0));
    } else {
        if ga > fa {
            largest = Largest::G;
        }
        if ga > fa && fa / ga < PRECISION {
            let small = if ha > 1.0 { fa / (ga / ha) } else { (fa / ga) * ha };
            (smaller, larger, left, right) = (small, ga, (1.0, ht / g), (ft / g, 1.0));
        } else {
            (smaller, larger, left, right) = decompose_ordinary(ft, g, ht);
        }
    }
    let ((cl, sl), (cr, sr)) = (left, right);
    let (left_cosine, left_sine, cosine, sine) =
        if swapped { (sr, cr, sl, cl) } else { (cl, sl, cr, sr) };
    let sign = |x: f64| 1.0_f64.copysign(x);
    let sign_of_larger = match largest {
        Largest::F => sign(cosine) * sign(left_cosine) * sign(f),
        Largest::G => sign(sine) * sign(left_cosine) * sign(g),
        Largest::H => sign(sine) * sign(left_sine) * sign(h),
    };
    Triangle {
        larger: larger.copysign(sign_of_larger),
        smaller: smaller.copysign(sign_of_larger * sign(f) * sign(h)),
        cosine,
        sine,
    }
}

/// The absolute singular values (smaller, larger) and the left and right (cosine, sine) of a
/// triangle with |f| >= |h| and a g that is neither 0 nor out of all proportion.
fn decompose_ordinary(f: f64, g: f64, h: f64) -> (f64, f64, (f64, f64), (f64, f64)) {
    let (fa, ha) = (f.abs(), h.abs());
    let difference = fa - ha;
    let l = if difference == fa { 1.0 } else { difference / fa };
    let m = g / f;
    let mm = m * m;
    let t = 2.0 - l;
    let s = (t * t + mm).sqrt();
    let r = if l == 0.0 { m.abs() } else { (l * l + mm).sqrt() };
    let a = 0.5 * (s + r);
    let tangent = if mm != 0.0 {
        (m / (s + t) + m / (r + l)) * (1.0 + a)
    } else if l == 0.0 {
        2.0_f64.copysign(f) * 1.0_f64.copysign(g)
    } else {
        g / difference.copysign(f) + m / t
    };
    let length = (tangent * tangent + 4.0).sqrt();
    let right = (2.0 / length, tangent / length);
    let left = ((right.0 + right.1 * m) / a, (h / f) * right.1 / a);
    (ha / a, fa * a, left, right)
}
