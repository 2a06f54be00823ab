using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary><c>container</c>: where the command runs inside the job. Empty: on the node as it is.</summary>
/// <param name="Runtime">Null: told by the other keys; <c>apptainer</c> where there is an image.</param>
/// <param name="ClassName">Read by the documents' configs: <c>Container</c>, <c>Conda</c>, <c>Venv</c>.</param>
/// <param name="Path">The folder of a venv or conda environment.</param>
/// <param name="Name">The name of a conda environment.</param>
/// <param name="Bind">Another spelling of <paramref name="Binds"/>.</param>
/// <param name="Env">Variables with their values, or the names of those to pass on.</param>
/// <param name="Options">Further words for the runtime.</param>
/// <param name="Pwd">The folder inside; null: the run's working folder.</param>
/// <param name="Python">Read, without effect: the command names its own interpreter.</param>
/// <param name="ActivateScript">What is sourced instead of the usual file.</param>
public sealed record ContainerSpec(
    string? Runtime = null, string? ClassName = null, string? Image = null, string? Path = null, string? Name = null, FreeForm? Binds = null, FreeForm? Bind = null, FreeForm? Env = null,
    FreeForm? Options = null, string? Pwd = null, FreeForm? Python = null, string? EnvName = null, string? CondaPrefix = null, string? VenvPath = null, string? ActivateScript = null);
