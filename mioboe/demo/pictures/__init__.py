"""Pictures of the demo's goods: hand-drawn shapes in colourways, with a sign on them. Nothing is random; the same words make
the same picture."""
