namespace Vigil.Spec;

/// <summary>The fixed words of the sections <c>slurm</c> and <c>container</c>.</summary>
internal static class SlurmWords
{
    public static string[] Launchers => ["none", "python", "torchrun", "srun"];
    public static string[] Runtimes => ["apptainer", "singularity", "enroot", "pyxis", "conda", "venv"];
}
