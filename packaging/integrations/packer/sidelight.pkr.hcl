variable "program" {
  type        = string
  description = "The static program, sidelight-VERSION-linux-ARCHITECTURE/sidelight."
}

variable "fail_on" {
  type    = string
  default = "vulnerable,partial"
}

source "null" "machine" {
  communicator = "none"
}

build {
  sources = ["source.null.machine"] # yours

  provisioner "file" {
    source      = var.program
    destination = "/tmp/sidelight"
  }

  provisioner "shell" {
    inline = [
      "chmod +x /tmp/sidelight",
      "sudo /tmp/sidelight collect -o /tmp/sidelight.host",
      "/tmp/sidelight check --fail-on ${var.fail_on} /tmp/sidelight.host",
    ]
  }

  provisioner "file" {
    direction   = "download"
    source      = "/tmp/sidelight.host"
    destination = "sidelight.host"
  }

  provisioner "shell" {
    inline = ["sudo rm -f /tmp/sidelight /tmp/sidelight.host"]
  }
}
