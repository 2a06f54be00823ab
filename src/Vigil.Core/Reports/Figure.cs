namespace Vigil.Reports;

/// <summary>A number, and the place that shows it.</summary>
/// <param name="Name">What it is called there.</param>
/// <param name="Source">The file, named from the experiment's folder where it lies in it.</param>
public sealed record Figure(double Value, string Name, string Source);
