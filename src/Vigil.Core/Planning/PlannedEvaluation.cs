using System.Globalization;

namespace Vigil.Planning;

/// <summary>What one evaluation looks at: a task, on a checkpoint that a run of the same point leaves or on a model that exists already.</summary>
/// <param name="Task">As the plan names it.</param>
/// <param name="Training">The run whose checkpoint is evaluated; null: the model exists already.</param>
/// <param name="Epoch">Of that training, from 0; null: its best one, or there is no training.</param>
public sealed record PlannedEvaluation(string Task, RunId? Training, int? Epoch)
{
    /// <summary>Its key within its point in <c>runs_status.yaml</c>: <c>capitalization_epoch_0</c>, <c>capitalization_epoch_best</c>, <c>capitalization</c>.</summary>
    public string Key() => Which() is { } epoch ? $"{Task}_epoch_{epoch}" : Task;

    /// <summary>What the logs call it behind its point's name: <c>capitalization/epoch0</c>, <c>capitalization</c>.</summary>
    public string Subject() => Which() is { } epoch ? $"{Task}/epoch{epoch}" : Task;

    /// <summary>Its folder below <c>eval/</c>, and the end of its run's name: <c>capitalization_epoch0</c>, <c>capitalization</c>.</summary>
    public string Folder() => Which() is { } epoch ? $"{Task}_epoch{epoch}" : Task;

    private string? Which() => Epoch?.ToString(CultureInfo.InvariantCulture) ?? (Training is null ? null : "best");
}
