using Vigil.Monitoring;

namespace Vigil.Reports;

/// <summary>One job of one run.</summary>
public sealed record JobRow(string Run, JobUse Use);
