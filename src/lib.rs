//! Mesoscope.
