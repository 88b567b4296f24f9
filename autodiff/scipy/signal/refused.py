"""The functions of ``signal`` that take no traced values, each with what to use instead."""

from __future__ import annotations

__all__ = ["REFUSED"]

_CURES = {
    "It designs a filter from plain numbers: pass t.item(). The filter has slopes in its "
    "coefficients, and the functions of zeros, poles and gain (lp2lp_zpk, bilinear_zpk, zpk2tf) in "
    "its frequencies.": """
        band_stop_obj bessel besselap buttap butter buttord cheb1ap cheb1ord cheb2ap cheb2ord cheby1
        cheby2 ellip ellipap ellipord findfreqs firls firwin firwin2 firwin_2d gammatone iircomb
        iirdesign iirfilter iirnotch iirpeak kaiser_atten kaiser_beta kaiserord minimum_phase remez
        savgol_coeffs closest_STFT_dual_window""",
    "Work with zeros, poles and gain: lp2lp_zpk, lp2hp_zpk, lp2bp_zpk, lp2bs_zpk and bilinear_zpk "
    "have slopes.": """
        bilinear lp2bp lp2bs lp2hp lp2lp normalize""",
    "It sorts roots into groups, which jump. Work with np.roots, zpk2tf and sos2tf.": """
        invres invresz residue residuez sos2zpk tf2sos unique_roots zpk2sos""",
    "Linear systems are built from plain numbers. Run a traced one with lfilter, scipy.integrate's "
    "odeint, or a loop over x = A @ x + B @ u.": """
        StateSpace TransferFunction ZerosPolesGain abcd_normalize bode cont2discrete dbode dfreqresp
        dimpulse dlsim dlti dstep freqresp impulse lsim lti place_poles ss2tf ss2zpk step tf2ss
        zpk2ss""",
    "It returns plain positions: pass t.numpy(), and read the samples there: t[positions].": """
        argrelextrema argrelmax argrelmin find_peaks find_peaks_cwt peak_prominences peak_widths""",
    "It takes plain counts and windows: don't pass traced values.": """
        check_COLA check_NOLA choose_conv_method correlation_lags czt_points max_len_seq
        unit_impulse""",
    "It is a warning, not a function.": "BadCoefficients",
    "Use stft and istft.": "ShortTimeFFT",
    "Use the functions czt and zoom_fft.": "CZT ZoomFFT",
    "Use np.abs(hilbert(x)).": "envelope",
    "Use scipy.ndimage.spline_filter1d, spline_filter and map_coordinates, or a BSpline.": """
        cspline1d cspline1d_eval cspline2d gauss_spline qspline1d qspline1d_eval qspline2d
        spline_filter symiirorder1 symiirorder2""",
    "Use scipy.ndimage.convolve1d with mode='mirror' along one axis after the other.": "sepfir2d",
    "Use lfilter with zi=, or filter the earlier samples too.": "lfiltic",
    "Write it with NumPy: np.cos and np.sin of each frequency, and np.linalg.lstsq.": "lombscargle",
}  # fmt: skip

REFUSED = {name: cure for cure, names in _CURES.items() for name in names.split()}
