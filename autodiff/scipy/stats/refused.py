"""Functions of ``scipy.stats`` without slopes, each with what to do instead."""

from __future__ import annotations

__all__ = ["REFUSED_NAMES"]

_CURES = {
    "A test decides by ranks, counts or tables: pass t.numpy(). A statistic that is wanted smooth "
    "is written out, with a p-value by a distribution: 2 * stats.t.sf(np.abs(t), df).": """
        alexandergovern anderson anderson_ksamp ansari barnard_exact bartlett binomtest
        boschloo_exact brunnermunzel bws_test chatterjeexi chi2_contingency chisquare
        combine_pvalues cramervonmises cramervonmises_2samp dunnett epps_singleton_2samp f_oneway
        false_discovery_control fisher_exact fligner friedmanchisquare goodness_of_fit jarque_bera
        kendalltau kruskal ks_1samp ks_2samp kstest kurtosistest levene logrank mannwhitneyu
        median_test mood multiscale_graphcorr normaltest page_trend_test poisson_means_test
        power_divergence quantile_test ranksums shapiro skewtest somersd spearmanr spearmanrho
        ttest_1samp ttest_ind ttest_ind_from_stats ttest_rel tukey_hsd weightedtau wilcoxon""",
    "It draws samples: pass t.numpy().": """
        bootstrap monte_carlo_test permutation_test power sobol_indices BootstrapMethod
        MonteCarloMethod PermutationMethod""",
    "It fits or estimates by a search: pass t.numpy(), or minimize a likelihood by "
    "autodiff.scipy.optimize.minimize.": """
        bayes_mvs boxcox_normmax boxcox_normplot ecdf expectile fit mvsdist ppcc_max ppcc_plot
        probplot siegelslopes theilslopes yeojohnson_normmax yeojohnson_normplot CensoredData""",
    "It counts, and counts have no slope: pass t.numpy().": """
        binned_statistic binned_statistic_2d binned_statistic_dd cumfreq percentileofscore relfreq
        tiecorrect""",
    "Fit a line by np.polyfit(x, y, 1), and take stats.pearsonr(x, y) for the correlation.": """
        linregress""",
    "Use stats.pearsonr, which it is for numbers 0 and 1.": "pointbiserialr",
    "Use np.quantile.": "quantile scoreatpercentile",
    "Use np.min(t, where=t >= limit, initial=np.inf).": "tmin",
    "Use np.max(t, where=t <= limit, initial=-np.inf).": "tmax",
    "Take entries of np.sort(t): np.mean(np.sort(t)[cut:-cut]).": """
        lmoment trim1 trim_mean trimboth""",
    "Choose entries by a mask: np.mean(t, where=np.abs(t - center) < limit).": "sigmaclip",
    "Estimate the density first: -np.mean(np.log(stats.gaussian_kde(t)(t))).": """
        differential_entropy""",
    "Write np.mean of the vectors over their norms, np.linalg.norm(t, axis=-1, keepdims=True).": """
        directional_stats""",
    "Write the squared distances, np.square(t - np.mean(t)).": "obrientransform",
    "Use stats.kstat for the statistic, whose variance is that over draws.": "kstatvar",
    "Solve the transport of plain weights, and use the plan as a constant.": """
        wasserstein_distance_nd""",
    "Use the distributions by name, stats.norm and the like; a mixture's density is "
    "np.sum(weights * stats.norm.pdf(x, means, scales), axis=-1).": """
        Binomial Logistic Mixture Normal Uniform abs exp log make_distribution order_statistic
        truncate rv_continuous rv_discrete rv_histogram""",
    "Its parameters are whole numbers, or it only draws: pass t.numpy().": """
        multivariate_hypergeom ortho_group random_correlation random_table special_ortho_group
        uniform_direction unitary_group""",
    "Write out its log density with np.linalg.slogdet and np.linalg.solve.": "matrix_t",
    "Pass the matrix itself as cov=.": "Covariance",
    "It is a warning or an error: don't pass traced values.": """
        ConstantInputWarning DegenerateDataWarning FitError NearConstantInputWarning""",
}

REFUSED_NAMES: dict[str, str] = {
    name: cure for cure, names in _CURES.items() for name in names.split()
}
"""The refused names, each with a sentence about the alternative."""
