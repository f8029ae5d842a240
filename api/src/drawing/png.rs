//! A drawing as dots.

use super::letters::FONT;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::sync::{Arc, LazyLock};

/// The one font there is: what the machine has installed does not change a drawing.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    Arc::new(fonts)
});

/// An SVG of ours as a PNG of so many dots in width. O(dots).
///
/// # Errors
/// When the SVG cannot be read or the PNG cannot be made.
pub fn png(svg: &str, width: u32) -> anyhow::Result<Vec<u8>> {
    let options = Options { fontdb: FONTS.clone(), ..Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size();
    let size = size.scale_to_width(width).ok_or_else(|| anyhow::anyhow!("a width of {width}"))?;
    let pixmap = Pixmap::new(size.width(), size.height());
    let mut pixmap = pixmap.ok_or_else(|| anyhow::anyhow!("{size:?} is no size"))?;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand dots")]
    let scale = size.width() as f32 / tree.size().width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap.encode_png()?)
}
